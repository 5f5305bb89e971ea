export { createConsents, type Consents } from './consents.ts';
export { createDevices as createDeviceRequests, type Devices as DeviceRequests } from './devices.ts';
export { createEngine, type Engine } from './engine.ts';
export { isForAway } from './liveness.ts';
export { consentRouter, deviceRouter, grantsRouter } from './router.ts';
export { endGrantsOf, listGrants } from './rows.ts';
export { registerOAuth } from './routes.ts';
export { createScopes } from './scopes.ts';
