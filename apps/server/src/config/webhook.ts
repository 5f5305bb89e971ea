const PREFIX = 'whsec_';
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;
export const WEBHOOK_KEYS_MUST =
  `must be ${PREFIX} and ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes in base64, as this prints: ` +
  `echo "${PREFIX}$(openssl rand -base64 32)"; several are separated by commas, and all of them sign.`;

/** As Standard Webhooks writes symmetric secrets. Null where any of the list isn't one. */
export function parseWebhookKeys(text: string): Buffer[] | null {
  const keys = text.split(/\s*,\s*/).map(parseKey);
  return keys.every((key) => key !== null) ? keys : null;
}

function parseKey(text: string): Buffer | null {
  if (!text.startsWith(PREFIX)) return null;
  const base64 = text.slice(PREFIX.length);
  const key = Buffer.from(base64, 'base64');
  // Node passes over whatever isn't base64: a mistyped secret would be another one.
  const isBase64 = key.toString('base64') === base64;
  return isBase64 && key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : null;
}
