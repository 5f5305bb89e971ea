import type { Act, Alert, AlertCode, AuditEntry } from '@latchkey/schemas';

/** What one entry of the audit shows that an admin should look at. */
export type Finding = { code: AlertCode; subject: Alert['subject'] };

type SubjectKind = Alert['subject']['kind'];

const isAdmin = (roles: unknown): boolean => Array.isArray(roles) && roles.includes('admin');

/** By the act; all others are nobody's worry. */
const LOOKED_AT: Partial<Record<Act, (entry: AuditEntry) => Finding | null>> = {
  'sign_in.limited': guessingIn,
  'session.refresh_reused': (entry) => about(entry, 'refresh_reused', 'account'),
  'grant.code_reused': (entry) => about(entry, 'grant_reused', 'account'),
  'grant.refresh_reused': (entry) => about(entry, 'grant_reused', 'account'),
  'api_key.new_network': (entry) => about(entry, 'key_new_network', 'api_key'),
  'api_key.refused': (entry) => about(entry, 'ended_key_used', 'api_key'),
  'account.roles_changed': (entry) =>
    isAdmin(entry.details['to']) && !isAdmin(entry.details['from']) ? about(entry, 'admin_given', 'account') : null,
  'session.created': newNetworkIn,
  'denial.repeated': deniedOftenIn,
  'account.created': newAdminIn,
  'account.invited': newAdminIn,
};

export function findingIn(entry: AuditEntry): Finding | null {
  return LOOKED_AT[entry.act]?.(entry) ?? null;
}

function newAdminIn(entry: AuditEntry): Finding | null {
  return isAdmin(entry.details['roles']) ? about(entry, 'admin_given', 'account') : null;
}

/** Who is slowed down has tried some ten times at one account, or at dozens of them from one network. */
function guessingIn(entry: AuditEntry): Finding | null {
  if (entry.details['limit'] === 'guess:network') {
    const network = entry.address ?? 'unknown';
    return { code: 'spraying', subject: { kind: 'network', id: network, name: network } };
  }
  const { email } = entry.details;
  if (entry.target === null && typeof email !== 'string') return null;
  const name = typeof email === 'string' ? email : null;
  return { code: 'guessing', subject: subjectOf(entry, 'account') ?? { kind: 'email', id: name ?? '', name } };
}

/** A passkey isn't typed into a stranger's page: whoever signs in with it holds it. */
function newNetworkIn(entry: AuditEntry): Finding | null {
  const { newNetwork, factor } = entry.details;
  return newNetwork === true && factor !== 'passkey' ? about(entry, 'new_network', 'account') : null;
}

function deniedOftenIn(entry: AuditEntry): Finding | null {
  const { target } = entry;
  if (target === null) return null;
  const kind = (['api_key', 'app', 'network'] as const).find((each) => each === target.kind) ?? 'account';
  return about(entry, kind === 'network' ? 'credentials_tried' : 'denied_often', kind);
}

function about(entry: AuditEntry, code: AlertCode, kind: SubjectKind): Finding | null {
  const subject = subjectOf(entry, kind);
  return subject && { code, subject };
}

function subjectOf({ target, details }: AuditEntry, kind: SubjectKind): Alert['subject'] | null {
  if (target === null) return null;
  const email = typeof details['email'] === 'string' ? details['email'] : null;
  return { kind, id: target.id, name: target.name ?? email };
}
