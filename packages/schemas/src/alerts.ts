import * as z from 'zod/mini';

import { alertId } from './ids.ts';
import { pageInput, pageOf, timeMs } from './text.ts';

/** What is worth a look, with what it means and what to do: in the console, and in the mail to admins. */
export const ALERTS = {
  guessing: {
    title: 'Somebody is guessing a password',
    why: 'So many wrong passwords for one account are no typing mistake. Limits hold, and the owner still gets in from their own browser.',
    next: 'Ask the person whether it was them. If not, have them choose a new password and add a passkey.',
  },
  spraying: {
    title: 'One network tries many accounts',
    why: 'Somebody may be trying one common password on everybody. The network is slowed down.',
    next: 'If the network isn’t yours, block it in front of the server. Look whether a sign-in from there went well.',
  },
  refresh_reused: {
    title: 'A session was used twice',
    why: 'A cookie that had been replaced came again: it may have been copied. The session has ended.',
    next: 'Ask the person about it. If they don’t know, lock down the account.',
  },
  ended_key_used: {
    title: 'A key that has ended is still used',
    why: 'Somebody holds a key that was revoked or has expired: a forgotten program, or whoever took it.',
    next: 'Find the program by its address and give it a new key. If nobody knows it, look what the key did before it ended.',
  },
  admin_given: {
    title: 'Somebody was made an admin',
    why: 'An admin may do everything. Whoever takes over one account makes more of them.',
    next: 'Make sure that it was meant. If not, take the role away and lock down both accounts.',
  },
} as const satisfies Record<string, { title: string; why: string; next: string }>;
export type AlertCode = keyof typeof ALERTS;
export const alertCode = z.enum(Object.keys(ALERTS) as [AlertCode, ...AlertCode[]]);

export const alertStatus = z.enum(['open', 'acknowledged', 'dismissed']);

export const alert = z.object({
  id: alertId,
  code: alertCode,
  status: alertStatus,
  /** Whom or what it is about. */
  subject: z.object({
    kind: z.enum(['account', 'api_key', 'email', 'network']),
    id: z.string(),
    name: z.nullable(z.string()),
  }),
  /** How often it was seen while it is open. */
  count: z.int(),
  firstAtMs: timeMs,
  lastAtMs: timeMs,
  /** The latest entries of the audit log that it was seen in. */
  evidence: z.array(
    z.object({
      entryNumber: z.int(),
      atMs: timeMs,
      actorName: z.nullable(z.string()),
      address: z.nullable(z.string()),
    }),
  ),
  decidedAtMs: z.nullable(timeMs),
  decidedBy: z.nullable(z.string()),
});
export type Alert = z.infer<typeof alert>;
export const alertPage = pageOf(alert);
export const alertListInput = z.strictObject({ ...pageInput, status: z.optional(alertStatus) });
export const alertInput = z.strictObject({ id: alertId });
