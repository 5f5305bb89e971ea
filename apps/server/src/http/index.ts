export { acceptsEncoding, sendJson, sendListJson } from './compressed.ts';
export { createHttp, jsonText, type HttpOptions } from './create-http.ts';
export { holdsTag } from './entity-tags.ts';
export { isFromHere } from './from-here.ts';
export { registerHealth } from './health.ts';
export { isHost } from './host-rule.ts';
export { parseJson } from './json.ts';
export { createLog } from './log.ts';
export type { Timeouts } from './node-server.ts';
export {
  API_KEY_COOKIE,
  DEVICE_COOKIE,
  PASSKEY_COOKIE,
  refusalBehindProxy,
  SESSION_COOKIE,
  SIGN_IN_COOKIE,
  VISIT_COOKIE,
} from './origin-rule.ts';
export { registerPages } from './pages.ts';
export { plainPage, type Html } from './plain-page.ts';
export { problemBody, problemHeaders, problemOfError, reportProblem, sendProblem } from './problem-answer.ts';
export { headersNamed } from './repeated-headers.ts';
export { RESOURCE_METADATA } from './resource-metadata.ts';
export type { Query } from './query.ts';
export { READABLE_ANYWHERE } from './security-headers.ts';
