import type { DenialId } from './ids.ts';

/**
 * Every way in which a call can fail, in one closed table: code → HTTP status, tRPC's code, the public sentence.
 * A sentence never tells a stranger whether an account exists.
 */
export const PROBLEMS = {
  input_invalid: { status: 400, trpc: 'BAD_REQUEST', title: "Some of the input can't be used." },
  password_common: {
    status: 400,
    trpc: 'BAD_REQUEST',
    title: 'Attackers try this password first. Choose another one.',
  },
  request_malformed: { status: 400, trpc: 'PARSE_ERROR', title: "The request can't be read." },
  credential_ambiguous: {
    status: 400,
    trpc: 'BAD_REQUEST',
    title: 'The request carries more than one credential. Send one.',
  },
  credential_missing: { status: 401, trpc: 'UNAUTHORIZED', title: 'Sign in, or send a credential.' },
  sign_in_failed: {
    status: 401,
    trpc: 'UNAUTHORIZED',
    title: "That email and password don't match.",
  },
  second_factor_failed: { status: 401, trpc: 'UNAUTHORIZED', title: "That code didn't work." },
  passkey_failed: { status: 401, trpc: 'UNAUTHORIZED', title: "That passkey didn't work here." },
  sign_in_over: { status: 401, trpc: 'UNAUTHORIZED', title: 'This sign-in is over. Start again with your password.' },
  session_ended: { status: 401, trpc: 'UNAUTHORIZED', title: 'Your session has ended. Sign in again.' },
  token_expired: { status: 401, trpc: 'UNAUTHORIZED', title: 'The access token has expired.' },
  token_invalid: { status: 401, trpc: 'UNAUTHORIZED', title: "The access token isn't valid." },
  api_key_invalid: { status: 401, trpc: 'UNAUTHORIZED', title: "The API key isn't valid." },
  api_key_expired: { status: 401, trpc: 'UNAUTHORIZED', title: 'The API key has expired.' },
  api_key_revoked: { status: 401, trpc: 'UNAUTHORIZED', title: 'The API key was revoked.' },
  fresh_sign_in_needed: {
    status: 401,
    trpc: 'UNAUTHORIZED',
    title: "Confirm that it's you to do this.",
  },
  factor_required: {
    status: 401,
    trpc: 'UNAUTHORIZED',
    title: 'A role of yours requires a second factor. Set one up to go on.',
  },
  permission_missing: { status: 403, trpc: 'FORBIDDEN', title: "You don't have permission to do this." },
  credential_not_accepted: {
    status: 403,
    trpc: 'FORBIDDEN',
    title: "This can't be done with this kind of credential.",
  },
  origin_mismatch: {
    status: 403,
    trpc: 'FORBIDDEN',
    title: 'A change carried by a cookie must come from this site.',
  },
  grant_exceeds_own: {
    status: 403,
    trpc: 'FORBIDDEN',
    title: "You can't give what you don't have yourself.",
  },
  ip_not_allowed: { status: 403, trpc: 'FORBIDDEN', title: "The API key can't be used from this address." },
  email_unverified: {
    status: 403,
    trpc: 'FORBIDDEN',
    title: 'Verify your email address first: open the link that was just mailed to you.',
  },
  sign_up_closed: { status: 403, trpc: 'FORBIDDEN', title: 'Ask an admin for an invitation.' },
  not_found: { status: 404, trpc: 'NOT_FOUND', title: "It isn't here." },
  method_not_allowed: { status: 405, trpc: 'METHOD_NOT_SUPPORTED', title: "That method can't be used here." },
  request_timeout: { status: 408, trpc: 'TIMEOUT', title: 'The request took too long to arrive.' },
  email_taken: { status: 409, trpc: 'CONFLICT', title: 'Somebody already has that email address.' },
  name_taken: { status: 409, trpc: 'CONFLICT', title: 'That name is taken.' },
  last_admin: {
    status: 409,
    trpc: 'CONFLICT',
    title: 'This is the last admin. Make another one first.',
  },
  in_use: { status: 409, trpc: 'CONFLICT', title: 'It is still in use.' },
  last_way_in: {
    status: 409,
    trpc: 'CONFLICT',
    title: 'This is the only way into the account. Add another one first.',
  },
  last_factor: {
    status: 409,
    trpc: 'CONFLICT',
    title: 'A role of yours requires a second factor. Add another one first.',
  },
  passkey_taken: { status: 409, trpc: 'CONFLICT', title: 'This passkey is there already.' },
  state_conflict: { status: 409, trpc: 'CONFLICT', title: "That can't be done any more." },
  link_used: { status: 410, trpc: 'PRECONDITION_FAILED', title: 'This link was used already, or has expired.' },
  body_too_large: { status: 413, trpc: 'PAYLOAD_TOO_LARGE', title: 'The request is too large.' },
  media_type_unsupported: {
    status: 415,
    trpc: 'UNSUPPORTED_MEDIA_TYPE',
    title: 'Send JSON, with Content-Type: application/json.',
  },
  rate_limited: { status: 429, trpc: 'TOO_MANY_REQUESTS', title: 'Too many tries. Wait a little.' },
  quota_exceeded: {
    status: 429,
    trpc: 'TOO_MANY_REQUESTS',
    title: "The API key's quota is used up. Wait until it refills.",
  },
  internal: { status: 500, trpc: 'INTERNAL_SERVER_ERROR', title: 'Something failed here. It was logged.' },
  overloaded: { status: 503, trpc: 'SERVICE_UNAVAILABLE', title: 'Too busy just now. Try again in a moment.' },
  storage_unavailable: {
    status: 503,
    trpc: 'SERVICE_UNAVAILABLE',
    title: "The database can't be reached. Try again in a moment.",
  },
} as const satisfies Record<string, { status: number; trpc: string; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export type CredentialKind = 'session' | 'access_token' | 'api_key';

/** The refusals of guards. */
export const DENIAL_CODES = [
  'credential_missing',
  'credential_not_accepted',
  'permission_missing',
  'fresh_sign_in_needed',
] as const satisfies ProblemCode[];
export type DenialCode = (typeof DENIAL_CODES)[number];

/** What a refused guard says: whole for whoever calls with their own account, `missing` alone for strangers. */
export type Denial = {
  procedure?: string;
  credential?: CredentialKind;
  /** A permission, a role, `credential` or `fresh_sign_in`. */
  missing: string[];
  /** Any one of these closes the gap: a role, a kind of credential, or a permission that the credential itself must carry. */
  wouldBeEnough?: string[];
};

/** One field that can't be used: where it is (`permissions.0`), and the sentence for the person. */
export type InputIssue = { path: string; message: string };

/** What leaves as `data.problem` on tRPC, and as the members of `application/problem+json` on REST. */
export type ProblemBody = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  requestId: string;
  issues?: InputIssue[];
  denial?: Denial;
  /** Where an admin finds this very denial. */
  denialId?: DenialId;
  retryAfterSeconds?: number;
};
