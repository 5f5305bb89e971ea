import type { Act, AuditEntry } from '@latchkey/schemas';

import { write, type MailMessage } from '../mail/index.ts';

/** Whoever signs in for the first time knows that they did. */
const FIRST_SIGN_INS: ReadonlySet<unknown> = new Set(['setup', 'sign_up', 'invitation']);

/** What was changed about how somebody signs in. */
const CHANGES: Partial<Record<Act, string>> = {
  'account.password_changed': 'Your password was changed.',
  'account.password_reset': 'Your password was replaced by a link that was mailed to you.',
  'factor.totp_added': 'An authenticator app was added to your account.',
  'factor.totp_removed': 'The authenticator app was removed from your account.',
  'factor.recovery_codes_made': 'New recovery codes were made for your account.',
};

/** Whether the account's owner is told of it. */
export function isNoticed(entry: AuditEntry): boolean {
  if (entry.act in CHANGES) return true;
  return (
    entry.act === 'session.created' &&
    entry.details['newDevice'] === true &&
    !FIRST_SIGN_INS.has(entry.details['method'])
  );
}

/** The mail to the person whom it is about. */
export function noticeOf(entry: AuditEntry, to: string, publicUrl: string): MailMessage {
  const host = new URL(publicUrl).host;
  const isSignIn = entry.act === 'session.created';
  const what = isSignIn
    ? 'Somebody, you we hope, signed in to your account in a new browser.'
    : (CHANGES[entry.act] ?? '');
  const userAgent = entry.details['userAgent'];
  const where = [
    `When: ${new Date(entry.atMs).toUTCString()}`,
    ...(entry.address === null ? [] : [`From: ${entry.address}`]),
    ...(typeof userAgent === 'string' && userAgent !== '' ? [`Browser: ${userAgent}`] : []),
  ];
  return write({
    to,
    subject: isSignIn ? `New sign-in at ${host}` : `Your account at ${host} was changed`,
    paragraphs: [what, where.join('\n')],
    action: { label: 'Look at your sessions', url: `${publicUrl}/account/sessions` },
    foot: `If it wasn't you, choose a new password now: ${publicUrl}/reset`,
  });
}
