import type { Cell, CredentialKind, GuardDescription } from '@latchkey/schemas';

import { credentialsWords } from '../../words/shortfall-words.ts';
import { countWords } from '../../words/time-words.ts';

const MINUTE_MS = 60_000;

const SHORT: Record<CredentialKind, string> = { session: 'browser', access_token: 'token', api_key: 'key' };

/** What a cell says at a glance. */
export function cellText({ outcome, credentials, missing }: Cell): string {
  if (outcome === 'allowed') return 'Yes';
  if (outcome === 'fresh') return 'Fresh sign-in';
  if (outcome === 'no') return missing?.includes(':') ? `No: ${missing}` : 'No';
  const [first = '', ...more] = [...new Set(credentials.map((kind) => SHORT[kind]))];
  return [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...more].join(', ');
}

/** The reason, in a sentence. */
export function cellReason(cell: Cell, guard: GuardDescription, who: string): string {
  const { outcome, credentials } = cell;
  const call = `call ${guard.procedure}`;
  if (outcome === 'no') return `${who} can't ${call}: ${whyNot(cell, guard)}`;
  if (guard.rung === 'open') return `Anyone can ${call}, without a credential.`;
  const withWhat = outcome === 'allowed' ? 'any credential' : credentialsWords(credentials);
  return `${who} can ${call} with ${withWhat}${freshWords(guard)}.`;
}

function freshWords({ freshWithinMs }: GuardDescription): string {
  return freshWithinMs === null
    ? ''
    : `, within ${countWords(freshWithinMs / MINUTE_MS, 'minute')} of proving who they are`;
}

function whyNot({ code, missing }: Cell, { rung, credentials }: GuardDescription): string {
  if (code === 'permission_missing') return rung === 'role' ? `it takes the role ${missing}.` : `it needs ${missing}.`;
  if (code === 'fresh_sign_in_needed') return 'it needs a recent sign-in, which a key never has.';
  return `it takes ${credentialsWords(credentials)}.`;
}

/** What the guard asks for, short. */
export function guardText({ rung, demands }: GuardDescription): string {
  if (rung === 'open') return 'Nothing';
  if (rung === 'role') return `The role ${demands}`;
  return demands ?? 'An account';
}

/** What the guard asks for, in a sentence. */
export function guardWords(guard: GuardDescription): string {
  const { rung, demands, credentials } = guard;
  if (rung === 'open') return 'Anyone may, without a credential.';
  const need = demands === null ? 'an account' : rung === 'role' ? `the role ${demands}` : demands;
  const withWhat = credentials.length === 3 ? 'any credential' : credentialsWords(credentials);
  return `It needs ${need}, with ${withWhat}${freshWords(guard)}.`;
}
