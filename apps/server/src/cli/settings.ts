import { updateSettingsInput, type Settings } from '@latchkey/schemas';

import { COMMAND_LINE } from '../actors/index.ts';
import { parse, UsageError, type Answer, type Noun, type Values } from './command.ts';

const SIGN_UP: Words = { open: true, closed: false };
const YES_OR_NO: Words = { yes: true, no: false };
const DESCRIBED_APPS: Words = { allowed: true, refused: false };

type Words = Readonly<Record<string, boolean>>;

export const settings: Noun = {
  show: {
    means: 'Prints what holds for everybody on this server.',
    async run({ composed }) {
      return answerOf(await (await composed()).services.settings.get());
    },
  },
  change: {
    begins: true,
    means: 'Changes what is named, and leaves the rest.',
    options: {
      'sign-up': { means: 'Whether strangers may make accounts.', value: 'open|closed' },
      'verified-only': { means: 'Whether nobody signs in whose email isn’t verified.', value: 'yes|no' },
      'described-apps': { means: 'Whether apps may ask that nobody made here.', value: 'allowed|refused' },
      'forward-auth-origin': {
        means: 'Where people come back to who signed in for a service behind a proxy. All of them, or none.',
        value: 'O',
        many: true,
      },
    },
    async run({ composed, values }) {
      const { 'forward-auth-origin': origins } = values;
      const patch = parse(updateSettingsInput, {
        signUpOpen: meantBy(values, 'sign-up', SIGN_UP),
        verifiedOnly: meantBy(values, 'verified-only', YES_OR_NO),
        describedAppsAllowed: meantBy(values, 'described-apps', DESCRIBED_APPS),
        forwardAuthOrigins: Array.isArray(origins) && origins.join() === 'none' ? [] : origins,
      });
      return answerOf(await (await composed()).services.settings.update(COMMAND_LINE, patch));
    },
  },
};

function meantBy(values: Values, option: string, words: Words): boolean | undefined {
  const word = values[option];
  if (word === undefined) return undefined;
  const meant = Object.hasOwn(words, String(word)) ? words[String(word)] : undefined;
  if (meant === undefined) throw new UsageError(`--${option} takes ${Object.keys(words).join(' or ')}.`);
  return meant;
}

function wordFor(value: boolean, words: Words): string {
  return Object.keys(words).find((each) => words[each] === value) ?? '';
}

function answerOf(now: Settings): Answer {
  const lines = [
    `sign-up: ${wordFor(now.signUpOpen, SIGN_UP)}`,
    `verified-only: ${wordFor(now.verifiedOnly, YES_OR_NO)}`,
    `described-apps: ${wordFor(now.describedAppsAllowed, DESCRIBED_APPS)}`,
    `forward-auth-origin: ${now.forwardAuthOrigins.join(' ') || 'none'}`,
  ];
  return { line: lines.join('\n'), json: now };
}
