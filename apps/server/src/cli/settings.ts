import { updateSettingsInput, type Settings } from '@latchkey/schemas';

import { COMMAND_LINE } from '../actors/index.ts';
import { parse, UsageError, type Answer, type Noun } from './command.ts';

const SIGN_UP = { open: true, closed: false };
const DESCRIBED_APPS = { allowed: true, refused: false };

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
      'sign-up': { means: 'Whether strangers may make accounts: open or closed.', value: 'W' },
      'described-apps': {
        means: 'Whether apps may ask that nobody made here: allowed or refused.',
        value: 'W',
      },
      'forward-auth-origin': {
        means: 'Where people come back to who signed in for a service behind a proxy. All of them, or none.',
        value: 'O',
        many: true,
      },
    },
    async run({ composed, values }) {
      const { 'forward-auth-origin': origins } = values;
      const patch = parse(updateSettingsInput, {
        signUpOpen: choice(values, 'sign-up', SIGN_UP),
        describedAppsAllowed: choice(values, 'described-apps', DESCRIBED_APPS),
        forwardAuthOrigins: Array.isArray(origins) && origins.join() === 'none' ? [] : origins,
      });
      return answerOf(await (await composed()).services.settings.update(COMMAND_LINE, patch));
    },
  },
};

/** What one of two words means; undefined where none was given. */
function choice(
  values: Readonly<Record<string, unknown>>,
  option: string,
  words: Readonly<Record<string, boolean>>,
): boolean | undefined {
  const word = values[option];
  if (word === undefined) return undefined;
  const meant = Object.entries(words).find(([each]) => each === word);
  if (meant === undefined) throw new UsageError(`--${option} takes ${Object.keys(words).join(' or ')}.`);
  return meant[1];
}

function wordFor(value: boolean, words: Readonly<Record<string, boolean>>): string {
  return Object.entries(words).find(([, meant]) => meant === value)?.[0] ?? '';
}

function answerOf(now: Settings): Answer {
  const lines = [
    `sign-up: ${wordFor(now.signUpOpen, SIGN_UP)}`,
    `described-apps: ${wordFor(now.describedAppsAllowed, DESCRIBED_APPS)}`,
    `forward-auth-origin: ${now.forwardAuthOrigins.join(' ') || 'none'}`,
  ];
  return { line: lines.join('\n'), json: now };
}
