import { write, type MailMessage } from '../mail/index.ts';

/** Tells the person: if it wasn't asked for, somebody is at work. Holds the configured public URL only [B16]. */
export function resetMessage(to: string, publicUrl: string): MailMessage {
  const { host } = new URL(publicUrl);
  return write({
    to,
    subject: `Your second factors at ${host} were removed`,
    paragraphs: [
      `An admin has removed your authenticator app, passkeys and recovery codes at ${host}, and ended your sessions.`,
      'Your password alone signs you in now. Add a second factor once you have signed in.',
    ],
    action: { label: 'Add a second factor', url: `${publicUrl}/account/security` },
    foot: "If you didn't ask for this, tell your admin at once.",
  });
}
