import { ACTS, type AuditEntry } from '@latchkey/schemas';

type Words<Key extends string> = Readonly<Record<Key, string>>;

const CREDENTIALS: Words<string> = {
  session: 'in a browser',
  access_token: 'with an access token',
  api_key: 'with an API key',
};

const KINDS: Words<string> = {
  account: 'Account',
  access_token: 'Access token',
  api_key: 'API key',
  network: 'Network',
  passkey: 'Passkey',
  role: 'Role',
  signing_key: 'Signing key',
};

/** Who did it. */
export function actorWords({ actor }: Pick<AuditEntry, 'actor'>): string {
  if (actor.kind === 'anonymous') return 'Not signed in';
  if (actor.kind === 'system') return actor.name === 'command line' ? 'The command line' : 'Latchkey itself';
  return actor.name ?? actor.id ?? 'Somebody';
}

/** "in a browser", "with an API key": what they did it with, or nothing. */
export function credentialWords({ credential }: Pick<AuditEntry, 'credential'>): string | null {
  return credential && (CREDENTIALS[credential.kind] ?? credential.kind);
}

export const actWords = ({ act }: Pick<AuditEntry, 'act'>): string => ACTS[act];

export const targetKindWords = (kind: string): string => KINDS[kind] ?? kind;

/** The name that tells an entry from the next one: its target's, or what a stranger claimed to be. */
export function targetWords({
  actor,
  target,
  details,
}: Pick<AuditEntry, 'actor' | 'target' | 'details'>): string | null {
  if (!target) return textOr(details['email'], null);
  if (target.id === actor.id) return null;
  return target.name ?? target.id;
}

/** "member → admin": what a change changed, where the entry says it. */
export function changeWords({ details }: Pick<AuditEntry, 'details'>): string | null {
  if (!('from' in details && 'to' in details)) return null;
  return `${listWords(details['from'])} → ${listWords(details['to'])}`;
}

function listWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ');
  return textOr(value, String(value));
}

function textOr<Otherwise>(value: unknown, otherwise: Otherwise): string | Otherwise {
  return typeof value === 'string' ? value : otherwise;
}

const WHOLE_NAMES = new Map([
  ['from', 'Before'],
  ['to', 'After'],
  ['ttlSeconds', 'Lifetime'],
]);
const INITIALS = new Map([
  ['ip', 'IP'],
  ['api', 'API'],
]);

/** "previousSecretUntilMs" as people write it: "Previous secret until". */
export function nameWords(name: string): string {
  const words = name
    .replace(/(?:Ms|Seconds)$/, '')
    .split(/(?=[A-Z])|[_\s]+/)
    .map((word) => INITIALS.get(word.toLowerCase()) ?? word.toLowerCase())
    .join(' ');
  return WHOLE_NAMES.get(name) ?? words.charAt(0).toUpperCase() + words.slice(1);
}
