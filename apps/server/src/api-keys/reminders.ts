import { setImmediate as turn } from 'node:timers/promises';

import type { ApiKeyId } from '@latchkey/schemas';

import { listAdminEmails } from '../accounts/index.ts';
import type { Mail } from '../mail/index.ts';
import type { Storage } from '../storage/index.ts';
import { HOUR_MS, MINUTE_MS, createLooks, type Clock } from '../time/index.ts';
import { reminderMail } from './reminder-mail.ts';
import { isAnyDue, putBack, takeDue } from './reminder-rows.ts';
import type { OwnedApiKey } from './rows.ts';

const LOOK_EVERY_MS = MINUTE_MS;
const TAKEN_AT_ONCE = 1000;
/** An address that takes no mail holds nobody else up, and isn't tried each minute. */
const TRIED_AGAIN_AFTER_MS = HOUR_MS;
/** So many in a row say that it isn't the addresses. */
const FAILED_IN_A_ROW = 3;

export type RemindersNeeds = {
  storage: Storage;
  mail: Mail;
  clock: Clock;
  publicUrl: string;
  onFailure: (error: unknown) => void;
};

type Letter = { to: string; keys: OwnedApiKey[] };

/**
 * Tells the owners of keys that end soon; admins, where the owner is a service account. Whoever takes a key writes its next
 * moment in the same transaction, so that several instances tell once. Letters go one after the other: mail servers refuse
 * crowds. After a few that can't be sent, the rest wait for the next look.
 */
export function createReminders({ storage, mail, clock, publicUrl, onFailure }: RemindersNeeds) {
  let closing = false;

  /** Null: no key's moment has come. */
  async function takeLetters(): Promise<Letter[] | null> {
    if (!(await isAnyDue(storage.read, clock()))) return null;
    return storage.transact(async (tx) =>
      lettersTo(await takeDue(tx, clock(), TAKEN_AT_ONCE), await listAdminEmails(tx), clock()),
    );
  }

  async function send({ to, keys }: Letter): Promise<boolean> {
    const sent = await mail.send(reminderMail(to, keys, { publicUrl, nowMs: clock() }));
    return sent || !mail.sends;
  }

  /** A key of which anybody was told isn't told of again before its next moment: its other readers would get it twice. */
  async function postpone(letters: readonly Letter[], told: ReadonlySet<ApiKeyId>, untilMs: number): Promise<void> {
    const untold = [...new Set(idsIn(letters))].filter((id) => !told.has(id));
    if (untold.length > 0) await storage.transact((tx) => putBack(tx, untold, untilMs));
  }

  /** False where the rest has to wait. */
  async function sendAll(letters: readonly Letter[]): Promise<boolean> {
    const told = new Set<ApiKeyId>();
    const failed: Letter[] = [];
    let failedInARow = 0;
    let isDone = true;
    for (const [place, letter] of letters.entries()) {
      if (closing || failedInARow === FAILED_IN_A_ROW) {
        // At a stop, better twice to some than never to the others.
        await postpone(letters.slice(place), closing ? new Set() : told, clock());
        isDone = false;
        break;
      }
      if (await send(letter)) {
        failedInARow = 0;
        for (const id of idsIn([letter])) told.add(id);
      } else {
        failedInARow += 1;
        failed.push(letter);
      }
      await turn();
    }
    await postpone(failed, told, clock() + TRIED_AGAIN_AFTER_MS);
    return isDone;
  }

  async function look(): Promise<void> {
    for (let letters = await takeLetters(); letters !== null; letters = await takeLetters()) {
      if (!(await sendAll(letters))) return;
    }
  }

  const looks = createLooks({ everyMs: LOOK_EVERY_MS, look, onFailure });
  return {
    look: looks.look,
    start: looks.start,
    async close(): Promise<void> {
      closing = true;
      await looks.close();
    },
  };
}

function idsIn(letters: readonly Letter[]): ApiKeyId[] {
  return letters.flatMap(({ keys }) => keys.map(({ key }) => key.id));
}

/** One for each reader. Of keys that have ended meanwhile, or that their owner can't use either, nobody has to know. */
function lettersTo(due: readonly OwnedApiKey[], adminEmails: readonly string[], nowMs: number): Letter[] {
  const letters = new Map<string, OwnedApiKey[]>();
  for (const each of due) {
    const { key, owner } = each;
    if (key.revokedAtMs !== null || owner.status !== 'active' || (key.expiresAtMs ?? 0) <= nowMs) continue;
    const readers = owner.kind === 'service' ? adminEmails : [owner.email ?? []].flat();
    for (const to of readers) letters.set(to, [...(letters.get(to) ?? []), each]);
  }
  return [...letters].map(([to, keys]) => ({ to, keys }));
}
