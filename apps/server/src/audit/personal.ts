import type { Act } from '@latchkey/schemas';

import { sha256 } from '../crypto/index.ts';
import { canonicalText } from './canonical-text.ts';
import type { EntryRow } from './rows.ts';

/*
 * What an entry tells of people stands beside the chain, which holds salted digests of it: changed, it no longer fits; erased
 * together with its salt, nobody can find out by trying what it was.
 */

/** Members of an entry's details that tell of a person, whatever the act. */
const PERSONAL = new Set(['email', 'userAgent']);
/** Acts that change a name or an address, and hold both in their details. */
const CHANGES = new Set<Act>([
  'account.renamed',
  'account.email_change_asked',
  'account.email_changed',
  'account.email_change_undone',
  'api_key.renamed',
  'passkey.renamed',
]);

type Details = Record<string, unknown>;

export function splitDetails(act: Act, details: Details): { details: Details; personalDetails: Details | null } {
  if (CHANGES.has(act)) return { details: {}, personalDetails: details };
  const [personal, other] = [true, false].map((wanted) =>
    Object.fromEntries(Object.entries(details).filter(([name]) => PERSONAL.has(name) === wanted)),
  ) as [Details, Details];
  return { details: other, personalDetails: Object.keys(personal).length === 0 ? null : personal };
}

const actorPart = ({ actorName, address }: EntryRow) => ({ actorName, address });
const targetPart = ({ targetName, personalDetails }: EntryRow) => ({ targetName, personalDetails });

export function actorDigestOf(entry: EntryRow): string {
  return sha256(canonicalText({ ...actorPart(entry), salt: entry.actorSalt }));
}

export function targetDigestOf(entry: EntryRow): string {
  return sha256(canonicalText({ ...targetPart(entry), salt: entry.targetSalt }));
}

export const isActorErased = ({ actorDigest, actorSalt }: EntryRow) => actorDigest !== null && actorSalt === null;
export const isTargetErased = ({ targetDigest, targetSalt }: EntryRow) => targetDigest !== null && targetSalt === null;

/** Whether what stands beside the chain is what was recorded, or was erased whole. */
export function isPersonalIntact(entry: EntryRow): boolean {
  // Before there were digests of it, there was nothing beside the chain.
  if (entry.actorDigest === null) return entry.personalDetails === null;
  const actor = isActorErased(entry) ? isEmpty(actorPart(entry)) : actorDigestOf(entry) === entry.actorDigest;
  const target = isTargetErased(entry) ? isEmpty(targetPart(entry)) : targetDigestOf(entry) === entry.targetDigest;
  return actor && target;
}

function isEmpty(part: object): boolean {
  return Object.values(part).every((each) => each === null);
}

/** Whose closing alone explains what is missing from the entry: ids of accounts, and of API keys that went with them. */
export function erasedOf(entry: EntryRow): string[] {
  const { actorId, targetId, targetKind } = entry;
  const ofActor = isActorErased(entry) ? [actorId ?? targetId ?? ''] : [];
  const ofTarget = isTargetErased(entry) ? [(targetKind === 'passkey' ? actorId : targetId) ?? ''] : [];
  return [...ofActor, ...ofTarget];
}
