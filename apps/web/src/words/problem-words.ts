import type { ProblemCode } from '@latchkey/schemas';

/** What happened, and what to do next. */
export type Words = { what: string; next: string };

const TRY_LATER = 'Try again in a moment, or give your admin the request id.';
const SIGN_IN_AGAIN = 'Sign in again to go on.';
const RELOAD = 'Load the page again, then try once more.';

/** The pages' own words for each code. What the server says beyond its table's sentence comes before `what`. */
export const PROBLEM_WORDS: Record<ProblemCode, Words> = {
  input_invalid: { what: "Some of this can't be used.", next: 'Check the marked fields.' },
  password_common: { what: 'Attackers try this password first.', next: 'Choose another one.' },
  request_malformed: { what: "The server can't read what the page sent.", next: RELOAD },
  credential_ambiguous: { what: 'The page sent two credentials at once.', next: SIGN_IN_AGAIN },
  credential_missing: { what: "You aren't signed in.", next: SIGN_IN_AGAIN },
  sign_in_failed: {
    what: "That email and password don't match.",
    next: 'Check both and try again, or choose a new password.',
  },
  second_factor_failed: {
    what: "That code didn't work.",
    next: "Codes change every 30 seconds; check that your phone's clock is set automatically.",
  },
  passkey_failed: {
    what: "That passkey didn't work here.",
    next: 'Try once more, or use another way.',
  },
  sign_in_over: { what: 'This sign-in is over.', next: 'Start again with your password.' },
  session_ended: { what: 'Your session has ended.', next: SIGN_IN_AGAIN },
  token_expired: { what: 'The access token has expired.', next: SIGN_IN_AGAIN },
  token_invalid: { what: "The access token isn't right.", next: SIGN_IN_AGAIN },
  api_key_invalid: { what: "The API key isn't right.", next: 'Check the key, or make a new one.' },
  api_key_expired: { what: 'The API key has expired.', next: 'Make a new key.' },
  api_key_revoked: { what: 'The API key was revoked.', next: 'Make a new key.' },
  fresh_sign_in_needed: {
    what: "You didn't confirm that it's you, so nothing changed.",
    next: 'Try again when you have your password, passkey or phone.',
  },
  factor_required: { what: 'A role of yours needs a second factor.', next: 'Set one up on the page Security.' },
  permission_missing: { what: "Your role doesn't allow this.", next: 'Ask an admin for the permission.' },
  credential_not_accepted: {
    what: "This can't be done with this kind of credential.",
    next: 'Sign in through the browser to do it.',
  },
  origin_mismatch: {
    what: "The page isn't on the server's own address.",
    next: 'Open Latchkey at its public address.',
  },
  grant_exceeds_own: {
    what: "You can't give what you don't have yourself.",
    next: 'Choose fewer permissions, or ask an admin.',
  },
  ip_not_allowed: { what: "The API key can't be used from this address.", next: 'Use it from an allowed network.' },
  email_unverified: {
    what: "Your email address isn't verified.",
    next: 'Open the link that we made: in your mail, or with whoever runs this server.',
  },
  sign_up_closed: { what: 'Sign-up is closed here.', next: 'Ask an admin for an invitation.' },
  not_found: { what: "It isn't here any more.", next: 'Go back to the list and look again.' },
  method_not_allowed: { what: 'The page asked in a way the server refuses.', next: RELOAD },
  request_timeout: { what: 'The request took too long to arrive.', next: 'Check your connection, then try again.' },
  email_taken: { what: 'Somebody already has that email address.', next: 'Use another one, or sign in.' },
  name_taken: { what: 'That name is taken.', next: 'Choose another name.' },
  last_admin: { what: 'This is the last admin.', next: 'Make somebody else an admin first.' },
  in_use: { what: 'It is still in use.', next: 'Take it from those who have it first.' },
  last_way_in: { what: 'This is the only way into your account.', next: 'Add another one first.' },
  last_factor: { what: 'A role of yours needs a second factor.', next: 'Add another one first.' },
  passkey_taken: { what: 'This device has a passkey for you already.', next: 'Use it, or add one elsewhere.' },
  state_conflict: { what: "That can't be done any more: it changed meanwhile.", next: RELOAD },
  link_used: { what: 'This link was used already, or has expired.', next: 'Ask for a new one.' },
  body_too_large: { what: 'That is more than the server takes at once.', next: 'Make it shorter.' },
  media_type_unsupported: { what: 'The page sent something the server refuses.', next: RELOAD },
  rate_limited: { what: 'Too many tries.', next: 'Wait a little, then try again.' },
  quota_exceeded: { what: "The API key's quota is used up.", next: 'Wait until it refills, or raise it.' },
  internal: { what: 'Something failed on the server. It was logged.', next: TRY_LATER },
  overloaded: { what: 'The server is too busy just now.', next: 'Try again in a moment.' },
  storage_unavailable: { what: "The server can't reach its database.", next: TRY_LATER },
};

export const UNREACHABLE_WORDS: Words = {
  what: "The server can't be reached.",
  next: 'Check your connection, then try again.',
};
