import { setImmediate as turn } from 'node:timers/promises';

import { accountId, apiKeyId, type AuditEntry } from '@latchkey/schemas';

import { findAccount, listAdminEmails } from '../accounts/index.ts';
import { entriesAfter } from '../audit/index.ts';
import { randomId } from '../crypto/index.ts';
import type { Mail, MailMessage } from '../mail/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { DAY_MS, SECOND_MS, createLooks, type Clock } from '../time/index.ts';
import { alertMail } from './alert-mail.ts';
import { deliveryOf } from './events.ts';
import { findingIn, type Finding } from './finding.ts';
import { isNoticed, noticeOf } from './notice.ts';
import * as rows from './rows.ts';

const NAME = 'alerts';
const LOOK_EVERY_MS = 2 * SECOND_MS;
/** Dealt with at once, in some 5 ms, before calls get their turn. */
const READ_AT_ONCE = 50;
const KEPT_EVIDENCE = 20;
/** Nobody is told twice of the same within this time, by mail or at the webhook. */
const TOLD_EVERY_MS = DAY_MS;

export type WatchNeeds = {
  storage: Storage;
  mail: Mail;
  clock: Clock;
  publicUrl: string;
  /** Whether there is a webhook that is told of alerts. */
  hasWebhook: boolean;
  onFailure: (error: unknown) => void;
};

/**
 * Follows the audit, entry by entry, after the acts were done: no request waits for it. How far it came is a row that is
 * written with the alerts, so that after a restart, and with several instances, each entry is dealt with once.
 */
export function createWatch({ storage, mail, clock, publicUrl, hasWebhook, onFailure }: WatchNeeds) {
  /** What people call it. Not every entry says so. */
  async function nameOf(tx: Tx, { kind, id, name }: Finding['subject']): Promise<string | null> {
    if (name !== null) return name;
    const account = accountId.safeParse(id);
    if (kind === 'account' && account.success) return (await findAccount(tx, account.data))?.email ?? null;
    const key = apiKeyId.safeParse(id);
    return kind === 'api_key' && key.success ? rows.findApiKeyName(tx, key.data) : null;
  }

  async function putFinding(tx: Tx, entry: AuditEntry, { code, subject }: Finding): Promise<rows.AlertRow> {
    const { number: entryNumber, atMs, address, actor } = entry;
    const row: rows.AlertRow = {
      id: randomId('alr'),
      code,
      status: 'open',
      subjectKind: subject.kind,
      subjectId: subject.id,
      subjectName: await nameOf(tx, subject),
      openKey: `${code}:${subject.kind}:${subject.id}`,
      count: 1,
      firstAtMs: atMs,
      lastAtMs: atMs,
      evidence: [{ entryNumber, atMs, actorName: actor.name, address }],
      mailedAtMs: null,
      decidedAtMs: null,
      decidedBy: null,
    };
    return rows.putAlert(tx, row, KEPT_EVIDENCE);
  }

  /** The next entries: the alerts that are to be mailed, and the entries of which somebody is told. Null when there are none. */
  async function deal(): Promise<{ alerts: rows.AlertRow[]; noticed: AuditEntry[] } | null> {
    // Most looks find nothing, and shouldn't cost a write.
    if ((await entriesAfter(storage.read, await rows.findPosition(storage.read, NAME), 1)).length === 0) return null;
    return storage.transact(async (tx) => {
      const entries = await entriesAfter(tx, await rows.lockPosition(tx, NAME), READ_AT_ONCE);
      const last = entries.at(-1);
      if (last === undefined) return null;
      const alerts = new Map<string, rows.AlertRow>();
      for (const entry of entries) {
        const finding = findingIn(entry);
        const put = finding && (await putFinding(tx, entry, finding));
        if (!put || !(await rows.takeToTell(tx, put.id, clock(), clock() - TOLD_EVERY_MS))) continue;
        alerts.set(put.id, put);
        if (hasWebhook) await rows.insertDelivery(tx, deliveryOf(put, entry.atMs, clock()));
      }
      await rows.putPosition(tx, NAME, last.number);
      return { alerts: [...alerts.values()], noticed: entries.filter(isNoticed) };
    });
  }

  /** A mail server that is away holds nothing up. */
  const send = (message: MailMessage) => mail.later(async () => void (await mail.send(message)));

  async function mailAdmins(alerts: readonly rows.AlertRow[]): Promise<void> {
    if (alerts.length === 0) return;
    for (const email of await listAdminEmails(storage.read)) send(alertMail(email, alerts, publicUrl));
  }

  async function mailOwner(entry: AuditEntry): Promise<void> {
    const id = accountId.safeParse(entry.target?.id);
    const account = id.success ? await findAccount(storage.read, id.data) : null;
    if (account?.email) send(noticeOf(entry, account.email, publicUrl));
  }

  async function look(): Promise<void> {
    for (;;) {
      const dealt = await deal();
      if (dealt === null) return;
      await mailAdmins(dealt.alerts);
      for (const entry of dealt.noticed) await mailOwner(entry);
      await turn();
    }
  }

  return createLooks({ everyMs: LOOK_EVERY_MS, look, onFailure });
}
