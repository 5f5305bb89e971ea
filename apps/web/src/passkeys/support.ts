/** Whether this browser can use passkeys at this address: browsers want HTTPS or localhost, and a name instead of numbers. */
export function hasPasskeys(): boolean {
  return 'PublicKeyCredential' in globalThis && !/^[\d.]+$|:/.test(location.hostname);
}
