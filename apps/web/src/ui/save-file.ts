/** WebKit reads the file after the click, and a long one for a while. */
const KEPT_MS = 60_000;

/** Hands the reader a file. `type` is its media type. */
export function saveFile(name: string, type: string, parts: BlobPart[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
