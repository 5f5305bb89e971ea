export { freshPostgresUrl, onEveryDatabase, type DatabaseName } from './databases.ts';
export { VirtualAuthenticator } from './authenticator.ts';
export { codeOfApp } from './authenticator-app.ts';
export { ADMIN } from './first-admin.ts';
export { freePort } from './free-port.ts';
export { openPostgres, type Postgres } from './postgres.ts';
export { Caller, problemOf, type Answer } from './caller.ts';
export { openTestServer, type TestServer } from './open-test-server.ts';
export { createTestClock, type TestClock } from './test-clock.ts';
export {
  callRest,
  callWithText,
  proceduresOf,
  type FieldSchema,
  type Procedure,
  type RawAnswer,
} from './procedures.ts';
export { NOTES, registerNotes } from './notes.ts';
