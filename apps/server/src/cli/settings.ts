import { updateSettingsInput, type Settings } from '@latchkey/schemas';

import { COMMAND_LINE } from '../actors/index.ts';
import { parse, UsageError, type Answer, type Noun, type Values } from './command.ts';

const SIGN_UP: Words = { open: true, closed: false };
const YES_OR_NO: Words = { yes: true, no: false };

type Words = Readonly<Record<string, boolean>>;

export const settings: Noun = {
  show: {
    means: 'Prints what holds for everybody on this server.',
    async run({ composed }) {
      return answerOf(await (await composed()).services.settings.get());
    },
  },
  change: {
    means: 'Changes what is named, and leaves the rest.',
    options: {
      'sign-up': { means: 'Whether strangers may make accounts.', value: 'open|closed' },
      'verified-only': { means: 'Whether nobody signs in whose email isn’t verified.', value: 'yes|no' },
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

function answerOf(now: Settings): Answer {
  const lines = [
    `sign-up: ${now.signUpOpen ? 'open' : 'closed'}`,
    `verified-only: ${now.verifiedOnly ? 'yes' : 'no'}`,
    `forward-auth-origin: ${now.forwardAuthOrigins.join(' ') || 'none'}`,
  ];
  return { line: lines.join('\n'), json: now };
}
