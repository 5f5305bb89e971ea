import * as z from 'zod/mini';

import { alertStatus } from './alert-status.ts';
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
  grant_reused: {
    title: 'What an app was given was used twice',
    why: 'A code or a refresh token that had been used came again: it may have been copied from the app. What the person had allowed it has ended.',
    next: 'Tell whoever runs the app. The person can allow it again.',
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
  new_network: {
    title: 'A sign-in from a new network',
    why: 'Neither the browser nor the network was ever used with this account. People travel and buy phones; whoever has learned a password looks the same.',
    next: 'Ask the person whether it was them: they were told by mail too. If it wasn’t, lock down the account.',
  },
  key_new_network: {
    title: 'A key is used from a new network',
    why: 'Until now it came from the same few networks. A program may have moved; whoever has taken the key looks the same.',
    next: 'Ask whoever runs the program. If it didn’t move, rotate the key, and say from which networks it may be used.',
  },
  denied_often: {
    title: 'Somebody is refused again and again',
    why: 'More than 50 refusals in ten minutes: a program that is set up wrong, or somebody who tries what a credential can do.',
    next: 'Look at the denials to see what was tried. Give the permission if it is meant, revoke the credential if nobody knows it.',
  },
  credentials_tried: {
    title: 'One network tries credentials that are no good',
    why: 'More than 50 keys and tokens in ten minutes that aren’t good here: a program that is set up wrong, or somebody who guesses or tries what was found elsewhere.',
    next: 'Find the program by its address. If nobody knows it, block the network in front of the server.',
  },
} as const satisfies Record<string, { title: string; why: string; next: string }>;
export type AlertCode = keyof typeof ALERTS;
export const alertCode = z.enum(Object.keys(ALERTS) as [AlertCode, ...AlertCode[]]);

export const alert = z.object({
  id: alertId,
  code: alertCode,
  status: alertStatus,
  /** Whom or what it is about. */
  subject: z.object({
    kind: z.enum(['account', 'api_key', 'app', 'email', 'network']),
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
