import { listAdminEmails } from '../accounts/index.ts';
import type { Mail } from '../mail/index.ts';
import type { Storage } from '../storage/index.ts';
import { MINUTE_MS, startLooks, type Clock } from '../time/index.ts';
import { reminderMail } from './reminder-mail.ts';
import { areAnyDue, takeDue } from './reminder-rows.ts';
import type { OwnedApiKey } from './rows.ts';

/** So many days before a key ends, whoever can replace it gets a mail. */
const DAYS_BEFORE = [14, 3, 1];
const LOOK_EVERY_MS = 10 * MINUTE_MS;
const TAKEN_AT_ONCE = 500;

export type RemindersNeeds = {
  storage: Storage;
  mail: Mail;
  clock: Clock;
  publicUrl: string;
  onFailure: (error: unknown) => void;
};

/**
 * Tells the owners of keys that end soon; admins, where the owner is a service account. That somebody was told is written
 * before the mail goes out: several instances, and restarts, send it once.
 */
export function createReminders({ storage, mail, clock, publicUrl, onFailure }: RemindersNeeds) {
  /** Null: nobody has to know, since the key's owner can't use it either. */
  async function readersOf({ owner }: OwnedApiKey): Promise<string[]> {
    if (owner.status !== 'active') return [];
    return owner.kind === 'service' ? listAdminEmails(storage.read) : [owner.email ?? []].flat();
  }

  async function tell(ending: readonly OwnedApiKey[]): Promise<void> {
    const letters = new Map<string, OwnedApiKey[]>();
    for (const each of ending) {
      for (const email of await readersOf(each)) letters.set(email, [...(letters.get(email) ?? []), each]);
    }
    for (const [email, theirs] of letters) {
      const message = reminderMail(email, theirs, { publicUrl, nowMs: clock() });
      mail.later(async () => void (await mail.send(message)));
    }
  }

  async function look(): Promise<void> {
    while (await areAnyDue(storage.read, clock(), DAYS_BEFORE)) {
      await tell(await storage.transact((tx) => takeDue(tx, clock(), DAYS_BEFORE, TAKEN_AT_ONCE)));
    }
  }

  return startLooks({ everyMs: LOOK_EVERY_MS, look, onFailure });
}
