import { updateSettingsInput, type Settings } from '@latchkey/schemas';

import { COMMAND_LINE } from '../actors/index.ts';
import { parse, UsageError, type Answer, type Noun } from './command.ts';

const SIGN_UP: Readonly<Record<string, boolean>> = { open: true, closed: false };

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
      'forward-auth-origin': {
        means: 'Where people come back to who signed in for a service behind a proxy. All of them, or none.',
        value: 'O',
        many: true,
      },
    },
    async run({ composed, values }) {
      const { 'sign-up': signUp, 'forward-auth-origin': origins } = values;
      const patch = parse(updateSettingsInput, {
        signUpOpen: signUp === undefined ? undefined : isOpen(String(signUp)),
        forwardAuthOrigins: Array.isArray(origins) && origins.join() === 'none' ? [] : origins,
      });
      return answerOf(await (await composed()).services.settings.update(COMMAND_LINE, patch));
    },
  },
};

function isOpen(word: string): boolean {
  const open = Object.hasOwn(SIGN_UP, word) ? SIGN_UP[word] : undefined;
  if (open === undefined) throw new UsageError('--sign-up takes open or closed.');
  return open;
}

function answerOf(now: Settings): Answer {
  const origins = now.forwardAuthOrigins.join(' ') || 'none';
  return { line: `sign-up: ${now.signUpOpen ? 'open' : 'closed'}\nforward-auth-origin: ${origins}`, json: now };
}
