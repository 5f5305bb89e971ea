export { parseNetworks, plainAddress, type Networks } from './networks.ts';
export { onPort, readConfig, type Config, type LogLevel } from './read-config.ts';
export { ConfigError } from './reading.ts';
export { loadSecrets } from './secrets.ts';
