import type { Command, Noun } from './command.ts';

const EXIT_CODES = 'Exit codes: 0 done, 1 refused, failed or found bad, 2 called wrongly.';
const JSON_OPTION = '--json';

/** One line for each command. */
export function helpOfAll(nouns: Readonly<Record<string, Noun>>): string {
  const lines = Object.entries(nouns).flatMap(([noun, verbs]) => linesOf(noun, verbs));
  return [...lines, '', EXIT_CODES, 'More of each: latchkey NOUN --help, latchkey NOUN VERB --help.'].join('\n');
}

export function helpOfNoun(noun: string, verbs: Noun): string {
  return Object.entries(verbs)
    .map(([verb, command]) => `latchkey ${usageOf(noun, verb, command)}\n  ${command.means}`)
    .join('\n');
}

export function helpOfCommand(noun: string, verb: string, command: Command): string {
  const options = Object.entries(command.options ?? {}).map(
    ([name, { value, means }]) => `  ${`--${name}${value === undefined ? '' : ` ${value}`}`.padEnd(20)} ${means}`,
  );
  const json = `  ${JSON_OPTION.padEnd(20)} Prints one JSON object.`;
  return [`latchkey ${usageOf(noun, verb, command)}`, '', command.means, '', ...options, json, '', EXIT_CODES].join(
    '\n',
  );
}

function linesOf(noun: string, verbs: Noun): string[] {
  return Object.entries(verbs).map(([verb, command]) => `latchkey ${usageOf(noun, verb, command)}`);
}

/** `users create --email E [--name N] [--role R …] [--password-stdin] [--json]` */
export function usageOf(noun: string, verb: string, { takes, options = {} }: Command): string {
  const shown = Object.entries(options).map(([name, { value, required, many }]) => {
    const text = [`--${name}`, value, many && '…'].filter(Boolean).join(' ');
    return required ? text : `[${text}]`;
  });
  return [noun, verb, takes, ...shown, `[${JSON_OPTION}]`].filter(Boolean).join(' ');
}
