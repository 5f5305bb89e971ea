import type { MailMessage } from '../mail/index.ts';
import type { OneTimeLink } from './links.ts';

/** The mail that invites a person. Holds the configured public URL only, whatever the request claimed [B16]. */
export function invitationMessage(to: string, link: OneTimeLink, publicUrl: string): MailMessage {
  const host = new URL(publicUrl).host;
  const ends = new Date(link.expiresAtMs).toUTCString();
  return {
    to,
    subject: `You are invited to ${host}`,
    text: [
      `You have been given an account at ${host}.`,
      `Choose your password here: ${link.url}`,
      `The link works once, until ${ends}. If you didn't expect it, you can ignore this message.`,
    ].join('\n\n'),
  };
}
