import { createServer, type AddressInfo } from 'node:net';

import { onPort, type Config } from './read-config.ts';
import { ConfigError } from './reading.ts';

const MUST: Readonly<Record<string, { variable: string; must: string }>> = {
  EADDRINUSE: { variable: 'PORT', must: 'must be free: another program listens there' },
  EACCES: { variable: 'PORT', must: 'must be one that this user may listen on, such as 3000' },
};
const MUST_BE_OURS = { variable: 'HOST', must: 'must be an address of this machine' };
const OF_THE_HOST = /^(?:EADDRNOTAVAIL|EAFNOSUPPORT|EAI_|EINVAL|ENOTFOUND)/;

/**
 * Tries the address before anything is built. Port 0 becomes the one that was free: the token issuer names it. Throws a
 * ConfigError.
 */
export async function withAddress(config: Config): Promise<Config> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(config.port, config.host, resolve);
  }).catch(refuseAddress);
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return onPort(config, port);
}

/** What the machine says of the address, as what the operator can mend. */
export function refuseAddress(error: unknown): never {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
  const code = String(error.code);
  const mend = MUST[code] ?? (OF_THE_HOST.test(code) ? MUST_BE_OURS : null);
  if (mend === null) throw error;
  throw new ConfigError([{ variable: mend.variable, must: `${mend.must} (${code}).` }]);
}
