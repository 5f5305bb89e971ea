export { inDataDir } from './data-dir.ts';
export { refuseAddress, withAddress } from './listening.ts';
export { parseNetworks, plainAddress, type Networks } from './networks.ts';
export { readConfig, type Config, type LogLevel } from './read-config.ts';
export { ConfigError } from './reading.ts';
export { loadSecrets } from './secrets.ts';
