import { write, type MailMessage } from '../mail/index.ts';
import type { OneTimeLink } from './links.ts';

/*
 * What is mailed to people about their account. Links hold the configured public URL only, whatever the request
 * claimed [B16].
 */

const until = ({ expiresAtMs }: OneTimeLink) => `The link works once, until ${new Date(expiresAtMs).toUTCString()}.`;

const hostOf = (publicUrl: string) => new URL(publicUrl).host;

export function invitationMessage(to: string, link: OneTimeLink, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `You are invited to ${host}`,
    paragraphs: [`You have been given an account at ${host}.`, until(link)],
    action: { label: 'Choose your password', url: link.url },
    foot: "If you didn't expect it, you can ignore this message.",
  });
}

export function signUpMessage(to: string, link: OneTimeLink, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `Finish signing up at ${host}`,
    paragraphs: [`Somebody, you we hope, wants an account at ${host} with this address.`, until(link)],
    action: { label: 'Create your account', url: link.url },
    foot: "If it wasn't you, ignore this message: without the link there is no account.",
  });
}

/** To whoever signs up with an address that has an account: the page told them nothing of it. */
export function accountExistsMessage(to: string, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `You already have an account at ${host}`,
    paragraphs: [
      `Somebody, you we hope, wanted a new account at ${host} with this address. It has one already.`,
      'Sign in with it. If you forgot the password, choose a new one from there.',
    ],
    action: { label: 'Sign in', url: `${publicUrl}/sign-in` },
    foot: "If it wasn't you, there is nothing to do: nothing changed.",
  });
}

export function resetMessage(to: string, link: OneTimeLink, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `Choose a new password for ${host}`,
    paragraphs: [`Somebody, you we hope, asked for a new password for your account at ${host}.`, until(link)],
    action: { label: 'Choose a new password', url: link.url },
    foot: "If it wasn't you, ignore this message: your password stays as it is.",
  });
}

export function verificationMessage(to: string, link: OneTimeLink, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `Verify your email address for ${host}`,
    paragraphs: [`Your account at ${host} has this address. Verify that it reaches you.`, until(link)],
    action: { label: 'Verify address', url: link.url },
    foot: 'If you have no account there, ignore this message.',
  });
}

export function emailChangeMessage(to: string, link: OneTimeLink, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `Confirm your new email address for ${host}`,
    paragraphs: [`You asked to sign in at ${host} with this address from now on.`, until(link)],
    action: { label: 'Use this address', url: link.url },
    foot: "If it wasn't you, ignore this message: nothing changes without the link.",
  });
}

/** To the address that an account had until now. */
export function emailChangedMessage(to: string, newEmail: string, link: OneTimeLink, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `Your email address at ${host} was changed`,
    paragraphs: [
      `Your account at ${host} now has the address ${newEmail}, and no longer this one.`,
      "If it was you, there is nothing to do. If it wasn't, take your address back: that ends every session, API key and connected app, removes the passkeys, and mails you a link to choose a new password.",
      until(link),
    ],
    action: { label: 'Take my address back', url: link.url },
  });
}

/** To the address that the account had, which is free from now on. */
export function closedMessage(to: string, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `Your account at ${host} was closed`,
    paragraphs: [
      `Your account at ${host} is closed. Its sessions, API keys and connected apps have ended, and your name and address are removed.`,
      "This can't be undone. You are free to have a new account with this address.",
    ],
    foot: "If you didn't want this, tell whoever runs the server.",
  });
}

export function lockdownMessage(to: string, link: OneTimeLink, publicUrl: string): MailMessage {
  const host = hostOf(publicUrl);
  return write({
    to,
    subject: `Your account at ${host} was locked down`,
    paragraphs: [
      `Every session and API key of your account at ${host} has ended, and its password works no more.`,
      'To come back, choose a new password. Later, ask for another link on the sign-in page.',
      until(link),
    ],
    action: { label: 'Choose a new password', url: link.url },
  });
}
