import type { AccountExport, AccountId, AuditEntry } from '@latchkey/schemas';

type Activity = AccountExport['activity'][number];

/** An entry as it is given to the account that it is about: what it tells of other people is theirs, and left out. */
export function activityOf(entry: AuditEntry, id: AccountId): Activity {
  const { number, atMs, act, actor, target } = entry;
  const isOwn = actor.id === id;
  const by = isOwn ? 'you' : actor.kind === 'anonymous' ? 'nobody known' : 'somebody else';
  const isOfAnother = target?.kind === 'account' && target.id !== id;
  return {
    number,
    atMs,
    act,
    by,
    credential: isOwn ? entry.credential : null,
    target: target && { ...target, name: isOfAnother ? null : target.name },
    address: by === 'somebody else' ? null : entry.address,
    details: isOfAnother ? {} : entry.details,
  };
}
