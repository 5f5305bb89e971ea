import type { ProblemCode } from '@latchkey/schemas';

import type { ProcedurePath } from './procedure-path.ts';

export type OperationWords = {
  /** One sentence without its full stop: a line of the list of operations. */
  summary: string;
  description?: string;
  /** How it can fail beside what its guard and its shape say already. */
  problems?: readonly ProblemCode[];
  /** Whether a good answer brings a session, or takes it away. */
  cookie?: 'sets' | 'clears';
};

/** A procedure that is for the pages alone, and why. */
export type NotOnRest = { notOnRest: string };

const BEHIND_A_LINK = 'The page behind a mailed link alone calls it, and the link leads there.';

const AT_ONES_BROWSER =
  'Second factors are set up and taken away where their person sits, after a fresh sign-in there.';

const BY_A_BROWSER = 'A passkey signs for the origin of a page, so that a browser alone can ask for it.';

const GIVING = ['grant_exceeds_own', 'not_found'] as const;

/**
 * What people read of every procedure under `/api/v1`, and for the others the reason why they aren't there. A new
 * procedure without a line here doesn't compile; a test holds the lines against the procedures' own `meta.rest`.
 */
export const OPERATIONS: Readonly<Record<ProcedurePath, OperationWords | NotOnRest>> = {
  'server.info': {
    summary: 'See what anyone may know about this server',
    description:
      'Whether it waits for its first admin, whether people may sign up by themselves, whether it sends mail, and its public address.',
  },
  'setup.check': { notOnRest: 'The set-up page alone asks it, before it shows its form.' },
  'setup.complete': {
    notOnRest:
      'Once in a server’s life, by whoever reads its output. Programs set LATCHKEY_ADMIN_EMAIL and LATCHKEY_ADMIN_PASSWORD instead.',
  },
  'signIn.password': {
    summary: 'Sign in with email and password',
    description:
      'Answers who you are now, and sets the session’s cookie; or which second factors would finish the sign-in; or that one is to be set up first, on the sign-in page. An unknown email and a wrong password get the same answer, in the same time.',
    problems: ['sign_in_failed', 'email_unverified', 'rate_limited', 'overloaded'],
    cookie: 'sets',
  },
  'signIn.secondFactor': {
    summary: 'Finish signing in with a code',
    description:
      'The code of an authenticator app, or a recovery code, for the sign-in that the answer before asked it of.',
    problems: ['second_factor_failed', 'email_unverified', 'sign_in_over', 'rate_limited'],
    cookie: 'sets',
  },
  'signIn.askPasskey': { notOnRest: BY_A_BROWSER },
  'signIn.passkey': { notOnRest: BY_A_BROWSER },
  'signIn.askSecondPasskey': { notOnRest: BY_A_BROWSER },
  'signIn.secondPasskey': { notOnRest: BY_A_BROWSER },
  'signIn.startTotp': { notOnRest: AT_ONES_BROWSER },
  'signIn.confirmTotp': { notOnRest: AT_ONES_BROWSER },
  'signIn.startPasskey': { notOnRest: BY_A_BROWSER },
  'signIn.addPasskey': { notOnRest: BY_A_BROWSER },
  'signUp.request': {
    summary: 'Sign up',
    description:
      'Mails a link with which the sign-up goes on, where people may sign up by themselves. The answer is the same whether the address has an account already or not.',
    problems: ['sign_up_closed', 'rate_limited'],
  },
  'signUp.check': { notOnRest: BEHIND_A_LINK },
  'signUp.complete': { notOnRest: BEHIND_A_LINK },
  'passwordReset.request': {
    summary: 'Ask for a new password',
    description: 'Mails a link that chooses one. The answer is the same whether there is such an account or not.',
    problems: ['rate_limited'],
  },
  'passwordReset.check': { notOnRest: BEHIND_A_LINK },
  'passwordReset.complete': { notOnRest: BEHIND_A_LINK },
  'email.get': { summary: 'See your own email address, and whether it is verified' },
  'email.askToVerify': {
    summary: 'Ask for a link that verifies your address',
    problems: ['rate_limited'],
  },
  'email.askToChange': {
    summary: 'Ask to change your address',
    description: 'Mails a link to the new address. The old one stays until that is opened.',
    problems: ['rate_limited'],
  },
  'email.verify': { notOnRest: BEHIND_A_LINK },
  'email.change': { notOnRest: BEHIND_A_LINK },
  'email.takeBack': { notOnRest: BEHIND_A_LINK },
  'invitations.check': {
    summary: 'Ask whether an invitation still works',
    description:
      'For a page that greets the invited person by their email. The token is the part of the link after the `#`.',
  },
  'invitations.accept': {
    summary: 'Accept an invitation',
    description: 'Chooses the name and the password of the invited account, and signs it in. An invitation works once.',
    problems: ['link_used', 'password_common', 'overloaded'],
    cookie: 'sets',
  },
  'me.get': {
    summary: 'See who you are',
    description: 'The account behind the credential that you send, and what this credential may do.',
  },
  'me.update': { summary: 'Change your own name' },
  'me.changePassword': {
    summary: 'Change your own password',
    description: 'Ends all your other sessions, and says how many.',
    problems: ['sign_in_failed', 'password_common', 'rate_limited', 'overloaded'],
  },
  'me.lockDown': {
    summary: 'Lock down your own account',
    description:
      'For when somebody else may be in it: ends your sessions, revokes your keys, and voids the password, for which a link is mailed.',
    cookie: 'clears',
  },
  'me.export': {
    summary: 'Take the data of your own account',
    description:
      'All that is kept of you, in one document, with nothing that opens the account. Of long lists it holds the newest, and `incomplete` names them.',
  },
  'me.close': {
    summary: 'Close your own account',
    description:
      'For good: whatever opens it ends, and your name and address are removed. The audit log keeps what was done, without them.',
    problems: ['last_admin'],
    cookie: 'clears',
  },
  'factors.security': { summary: 'See how your account is protected' },
  'factors.startTotp': { notOnRest: AT_ONES_BROWSER },
  'factors.confirmTotp': { notOnRest: AT_ONES_BROWSER },
  'factors.removeTotp': { notOnRest: AT_ONES_BROWSER },
  'factors.renewRecoveryCodes': { notOnRest: AT_ONES_BROWSER },
  'factors.distrustDevices': { notOnRest: AT_ONES_BROWSER },
  'passkeys.start': { notOnRest: AT_ONES_BROWSER },
  'passkeys.add': { notOnRest: AT_ONES_BROWSER },
  'passkeys.rename': { notOnRest: AT_ONES_BROWSER },
  'passkeys.remove': { notOnRest: AT_ONES_BROWSER },
  'passkeys.ask': { notOnRest: BY_A_BROWSER },
  'session.end': { summary: 'Sign out', description: 'Ends the session that the call came with.', cookie: 'clears' },
  'session.confirm': {
    summary: 'Confirm that it’s you',
    description:
      'By your password, a code, or a passkey. Operations that ask for a fresh sign-in take the session again for some minutes. It goes on under a new id: access tokens that came from it are refused here from then on, and whoever holds a refresh token gets a new one by it.',
    problems: ['sign_in_failed', 'second_factor_failed', 'passkey_failed', 'rate_limited', 'overloaded'],
  },
  'apps.create': {
    summary: 'Make an app',
    description:
      'An OAuth 2 client. Its secret is in this answer and nowhere else. Nobody makes an app that may do more by itself than they may.',
    problems: ['grant_exceeds_own'],
  },
  'apps.list': { summary: 'List apps' },
  'apps.get': { summary: 'See an app', problems: ['not_found'] },
  'apps.update': {
    summary: 'Change an app',
    description:
      'Its name, its addresses, what it may ask for, and whether it is disabled, which ends its tokens here.',
    problems: GIVING,
  },
  'apps.rotate': {
    summary: 'Give an app a new secret',
    description:
      'The old one works through the grace, a day unless told. The one before it ends at once, even within its own grace.',
    problems: [...GIVING, 'state_conflict'],
  },
  'consent.get': { notOnRest: 'The consent page asks it, in the browser that an app sent.' },
  'consent.decide': { notOnRest: 'A person allows an app something in their own browser, and nowhere else.' },
  'device.find': { notOnRest: 'The device page asks it, with the code that a device shows.' },
  'device.decide': { notOnRest: 'A person allows a device something in their own browser, and nowhere else.' },
  'grants.list': { notOnRest: 'The account’s page shows it. No app may see what others were allowed.' },
  'grants.revoke': { notOnRest: 'A person takes back in their own browser what they allowed there.' },
  'sessions.list': { summary: 'List your sessions', description: 'Each browser in which you are signed in.' },
  'sessions.end': { summary: 'End one of your sessions' },
  'sessions.endOthers': { summary: 'End all your sessions but this one' },
  'sessions.endAll': { summary: 'End all your sessions, this one too', cookie: 'clears' },
  'tokens.create': {
    summary: 'Make an access token',
    description:
      'A signed JWT (RFC 9068) for 1 to 900 seconds, which others verify offline with the keys at `/.well-known/jwks.json`. It may do at most what you may, and is refused here once the session or key that made it has ended, or the session’s person has confirmed that it’s them.',
    problems: ['grant_exceeds_own'],
  },
  'apiKeys.create': {
    summary: 'Make an API key',
    description:
      'The answer is the only one that holds the key’s text. The key may do at most what you and its owner may.',
    problems: GIVING,
  },
  'apiKeys.list': {
    summary: 'List API keys',
    description: 'Your own, or everyone’s for those who hold `all_api_keys:read`. Newest first.',
  },
  'apiKeys.get': { summary: 'Get one API key' },
  'apiKeys.update': {
    summary: 'Change an API key',
    description:
      'Its name, its permissions and what else binds it. What is left out stays. Nobody gives it more than they and its owner hold.',
    problems: ['state_conflict', 'grant_exceeds_own'],
  },
  'apiKeys.rotate': {
    summary: 'Give an API key a new secret',
    description:
      'Everything else stays. The old secret works on for `graceSeconds`. The one before it ends at once, even within its own grace. Another person’s key is theirs alone to rotate.',
    problems: ['state_conflict', 'grant_exceeds_own'],
  },
  'apiKeys.revoke': { summary: 'Revoke an API key', description: 'Its next call is refused. It can’t be undone.' },
  'apiKeys.usage': {
    summary: 'Get an API key’s calls',
    description:
      'By the hour or the day, by procedure and together. They are there a second after the call, or ten while many keys are in use.',
  },
  'apiKeys.sources': { summary: 'List where an API key is used', description: 'Networks and programs, latest first.' },
  'apiKeys.suggestion': {
    summary: 'Get the permissions that an API key doesn’t use',
    description: 'In the last 30 days. Without them, none of its calls would have been denied.',
  },
  'apiKeys.activity': {
    notOnRest: 'For the small pictures of the pages’ lists; `apiKeys.usage` tells more of one key.',
  },
  'apiKeys.verify': {
    summary: 'Ask whether an API key is valid',
    description:
      'For services that are shown a key: whose it is, and whether it may do what was asked. A call counts against the key’s own rate limit.',
  },
  'users.list': { summary: 'List people', description: 'Newest first.' },
  'users.get': { summary: 'Get one person' },
  'users.create': {
    summary: 'Invite a person',
    description:
      'With a password they can sign in at once; without, they are sent an invitation. A key can’t set passwords, and isn’t told the invitation’s link.',
    problems: ['email_taken', 'password_common', 'grant_exceeds_own', 'credential_not_accepted', 'overloaded'],
  },
  'users.resendInvitation': {
    summary: 'Send a new invitation',
    description: 'The one before stops working.',
    problems: ['state_conflict', 'grant_exceeds_own'],
  },
  'users.update': {
    summary: 'Change a person’s name, roles or state',
    description:
      'Whoever does it must hold everything that the person holds and will hold. Disabling ends their sessions.',
    problems: ['grant_exceeds_own', 'last_admin'],
  },
  'users.lockDown': {
    summary: 'Lock down a person’s account',
    description: 'Ends their sessions, revokes their keys, and voids the password, for which they are mailed a link.',
    problems: ['grant_exceeds_own'],
  },
  'users.export': {
    summary: 'Take the data of a person’s account',
    description:
      'All that is kept of them, in one document. Besides what the guard demands, it takes `users:read`, `all_api_keys:read`, `audit:read` and `alerts:read`, and everything that the person holds.',
    problems: ['permission_missing', 'grant_exceeds_own'],
  },
  'users.close': {
    summary: 'Close a person’s account',
    description:
      'For good: whatever opens it ends, and their name and address are removed. The audit log keeps what was done, without them.',
    problems: ['grant_exceeds_own', 'last_admin'],
  },
  'userFactors.reset': { notOnRest: 'An admin does it at a page, after a fresh sign-in, once sure who asks.' },
  'userSessions.list': { summary: 'List a person’s sessions' },
  'userSessions.end': { summary: 'End one of a person’s sessions', problems: ['grant_exceeds_own'] },
  'userSessions.endAll': { summary: 'End all of a person’s sessions', problems: ['grant_exceeds_own'] },
  'serviceAccounts.list': { summary: 'List service accounts', description: 'Newest first.' },
  'serviceAccounts.get': { summary: 'Get one service account' },
  'serviceAccounts.create': { summary: 'Make a service account', problems: ['grant_exceeds_own'] },
  'serviceAccounts.update': {
    summary: 'Change a service account’s name, roles or state',
    description: 'While it is disabled, its keys are refused.',
    problems: ['grant_exceeds_own'],
  },
  'roles.list': { summary: 'List roles' },
  'roles.create': {
    summary: 'Make a role',
    description: 'With any of the permissions that you hold yourself.',
    problems: ['name_taken', 'grant_exceeds_own', 'state_conflict'],
  },
  'roles.get': { summary: 'Get one role' },
  'roles.update': {
    summary: 'Change a role',
    description:
      'Whoever has it may do what it says from their next call on. Of built-in roles, only the second factor that they require can be changed.',
    problems: ['grant_exceeds_own', 'state_conflict'],
  },
  'roles.remove': {
    summary: 'Remove a role',
    description: 'One that somebody has goes only where you say so.',
    problems: ['grant_exceeds_own', 'state_conflict', 'in_use'],
  },
  'roles.preview': {
    summary: 'See whom a change of a role would touch',
    description:
      'How many people, service accounts and API keys would gain or lose something now, given their other roles. Changes nothing.',
  },
  'roles.withoutFactor': {
    summary: 'See how many who have a role have no second factor',
    description: 'Active people, whom the role would ask to set one up if it required one now. Counted up to 1,000.',
  },
  'roles.holders': {
    summary: 'List who has a role',
    description: 'People for who may see people, service accounts for who may see those.',
  },
  'resources.list': {
    summary: 'List resources',
    description: 'The APIs that trust Latchkey, with their permissions. Latchkey itself is the built-in one.',
  },
  'resources.get': { summary: 'Get one resource' },
  'resources.create': {
    summary: 'Register a resource',
    description: 'An API with its address, which tokens name as their audience, and permissions of its own.',
    problems: ['name_taken', 'state_conflict'],
  },
  'resources.update': {
    summary: 'Change a resource',
    description: 'A permission that roles or keys still hold leaves only where you say so.',
    problems: ['name_taken', 'state_conflict', 'in_use'],
  },
  'resources.preview': {
    summary: 'See who would lose permissions of a resource',
    description: 'Which roles and how many API keys, if its permissions were these. Changes nothing.',
  },
  'resources.remove': {
    summary: 'Remove a resource',
    description: 'Its permissions go with it.',
    problems: ['state_conflict', 'in_use'],
  },
  'permissions.list': { summary: 'List all permissions there are' },
  'accessMatrix.get': {
    summary: 'See what every procedure demands',
    description: 'Read off the guards that run: which credentials, which permission, how fresh a sign-in.',
  },
  'accessMatrix.guards': { notOnRest: 'The pages ask it for their buttons; programs have the access matrix.' },
  'accessMatrix.ofAccount': {
    summary: 'See what an account can call',
    description: 'Every procedure, with the credentials that will do, or what is missing.',
    problems: ['not_found'],
  },
  'accessMatrix.ofApiKey': {
    summary: 'See what an API key can call',
    description: 'With the key itself, or with a token that it asks for. It never does more than its owner may now.',
    problems: ['not_found'],
  },
  'accessMatrix.callers': {
    summary: 'See who can call a procedure',
    description:
      'The roles that may, by name, each with how many people, service accounts and keys are behind it, counted up to 500.',
    problems: ['not_found'],
  },
  'settings.get': { summary: 'See the settings' },
  'settings.alertWebhook': {
    summary: 'See which webhook is told of alerts',
    description:
      'It is set where the server is started. Of its address the host alone is told: the rest may be a secret.',
  },
  'settings.update': { summary: 'Change the settings', problems: ['email_unverified'] },
  'signingKeys.list': {
    summary: 'See the signing keys',
    description:
      'All that are published, of each algorithm the newest first: those to come, the one that signs, and those that signed before it.',
  },
  'signingKeys.rotate': {
    summary: 'Rotate the signing keys',
    description:
      'The next keys take over at once, or as soon as they have been published for an hour. Those before are published for another hour, so that their tokens stay good until they expire. The answer is of the key for access tokens. Whoever copied the database and the secret has the next keys as well: then rotate twice, and wait for two hours.',
    problems: ['state_conflict'],
  },
  'audit.list': {
    summary: 'Read the audit log',
    description: 'Newest first. Each entry holds the digest of the one before.',
  },
  'denials.list': {
    summary: 'List denials',
    description: 'Calls that a guard refused, the newest first. The newest 100,000 are kept; strangers’ aren’t.',
  },
  'denials.get': { summary: 'Get one denial', description: 'By the `denialId` of the problem that answered the call.' },
  'alerts.list': { summary: 'List alerts', description: 'What is worth a look, the latest first.' },
  'alerts.get': { summary: 'Get one alert' },
  'alerts.acknowledge': { summary: 'Acknowledge an alert', problems: ['state_conflict'] },
  'alerts.dismiss': { summary: 'Dismiss an alert', problems: ['state_conflict'] },
};

export function isOnRest(words: OperationWords | NotOnRest): words is OperationWords {
  return 'summary' in words;
}
