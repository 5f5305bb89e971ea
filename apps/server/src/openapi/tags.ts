import type { Feature } from './procedure-path.ts';

/** The chapters of the document, in their order. */
export const TAGS = {
  'Who you are': 'The account behind the credential that you send: its name, its permissions, its sessions.',
  'Signing in':
    'From an email and a password to a session, which lives in the cookie `__Host-latchkey`, and from a session to an access token.',
  'API keys': 'Long-lived secrets for programs: made, rotated, revoked, and checked for whoever was shown one.',
  Apps: 'OAuth 2 clients: who they are, and what they may ask people for.',
  People: 'Accounts of people: who is invited, who may do what, where they are signed in.',
  'Service accounts': 'Accounts without a person, which own keys.',
  'Roles and access': 'Named sets of permissions, and what each procedure demands of its caller.',
  'Audit and alerts': 'What was done, by whom, to whom, from where; and what of it is worth a look.',
  Server: 'The server itself.',
} as const;

export type Tag = keyof typeof TAGS;

/** Which chapter each feature's operations are in. */
export const TAG_OF: Readonly<Record<Feature, Tag>> = {
  server: 'Server',
  setup: 'Server',
  signIn: 'Signing in',
  signUp: 'Signing in',
  passwordReset: 'Signing in',
  email: 'Who you are',
  factors: 'Who you are',
  passkeys: 'Who you are',
  invitations: 'Signing in',
  me: 'Who you are',
  session: 'Signing in',
  sessions: 'Who you are',
  tokens: 'Signing in',
  apiKeys: 'API keys',
  apps: 'Apps',
  consent: 'Apps',
  device: 'Apps',
  grants: 'Apps',
  users: 'People',
  userSessions: 'People',
  userFactors: 'People',
  serviceAccounts: 'Service accounts',
  roles: 'Roles and access',
  resources: 'Roles and access',
  permissions: 'Roles and access',
  accessMatrix: 'Roles and access',
  settings: 'Server',
  signingKeys: 'Server',
  audit: 'Audit and alerts',
  denials: 'Audit and alerts',
  alerts: 'Audit and alerts',
};
