import type { MailMessage } from '../mail/index.ts';

/** Tells the person: if it wasn't asked for, somebody is at work. Holds the configured public URL only [B16]. */
export function resetMessage(to: string, publicUrl: string): MailMessage {
  const { host } = new URL(publicUrl);
  return {
    to,
    subject: `Your second factors at ${host} were removed`,
    text: [
      `An admin has removed your authenticator app, passkeys and recovery codes at ${host}, and ended your sessions.`,
      `Your password alone signs you in now. Sign in and add a second factor: ${publicUrl}/account/security`,
      "If you didn't ask for this, tell your admin at once.",
    ].join('\n\n'),
  };
}
