/** Where odd paths are sent: no route lives there. */
const NOWHERE = '/-';

/** Longer than ten procedures' names, or any id. */
const MAX_PATH_LENGTH = 1000;

/**
 * Every route has one spelling. Whatever could be a second one for some reader (`//`, `/./`, `%2f`, `;x`, `\`, a slash at
 * the end, an absolute URL) is answered as not found, so that no limit or rule can be walked around by spelling [B04].
 */
export function plainUrl(url: string): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return isPlainPath(path) ? url : NOWHERE;
}

function isPlainPath(path: string): boolean {
  if (path === '/') return true;
  return path.length <= MAX_PATH_LENGTH && /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~,@-]+)+$/.test(path);
}
