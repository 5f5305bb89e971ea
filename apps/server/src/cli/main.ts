import { parseArgs } from 'node:util';

import { pino } from 'pino';

import { compose, onDatabase, type Composed } from '../compose.ts';
import { ConfigError, readConfig, type Config } from '../config/index.ts';
import { OperatorError, Problem } from '../problems/index.ts';
import { pendingMigrations, storageProblemOf } from '../storage/index.ts';
import { audit } from './audit.ts';
import { backup } from './backup.ts';
import { Refused, UsageError, type Command, type Noun, type Values } from './command.ts';
import { HOW_TO_BEGIN, noDatabase } from './database-file.ts';
import { doctor } from './doctor.ts';
import { goldenTokens } from './golden-tokens.ts';
import { helpOfAll, helpOfCommand, helpOfNoun, usageOf } from './help.ts';
import { apps } from './apps.ts';
import { keys } from './keys.ts';
import { restore } from './restore.ts';
import { settings } from './settings.ts';
import { signingKeys } from './signing-keys.ts';
import { users } from './users.ts';
import { webhook } from './webhook.ts';

const NOUNS: Readonly<Record<string, Noun>> = {
  users,
  apps,
  keys,
  settings,
  'signing-keys': signingKeys,
  'golden-tokens': goldenTokens,
  webhook,
  backup,
  restore,
  audit,
  doctor,
};

type Found = { noun: string; verb: string; command: Command; rest: string[] };

/** A name of the list's own: `constructor` is none. */
function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

async function run(argv: readonly string[]): Promise<void> {
  const words = argv.filter((word) => word !== '--help');
  if (words.length < argv.length || argv.length === 0) return print(help(words));
  const { command, noun, verb, rest } = find(words);
  const { values, taken } = read(command, `${noun} ${verb}`.trim(), rest, usageOf(noun, verb, command));
  let composing: Promise<Composed> | undefined;
  const config = () => readConfig(process.env);
  const composed = () => (composing ??= composeFor(command, config()));
  try {
    const answer = await command.run({ values, taken, config, composed });
    print(values['json'] ? JSON.stringify(answer.json) : answer.line);
    if (answer.isBad) process.exitCode = 1;
  } finally {
    await (await composing)?.close();
  }
}

/** What only looks or changes must not make what it looks for: the folder's name may be mistyped. */
async function composeFor({ begins }: Command, config: Config): Promise<Composed> {
  const isThere = begins || (await onDatabase(config, pendingMigrations)) !== null;
  if (!isThere) throw new Refused(`${noDatabase(config)} ${HOW_TO_BEGIN}`);
  return compose({ config, log: pino({ level: 'silent' }) });
}

function help([noun = '', verb = '']: readonly string[]): string {
  const verbs = own(NOUNS, noun);
  if (!verbs) return helpOfAll(NOUNS);
  const command = own(verbs, verb) ?? own(verbs, '');
  return command ? helpOfCommand(noun, verb in verbs ? verb : '', command) : helpOfNoun(noun, verbs);
}

function find([noun = '', ...rest]: readonly string[]): Found {
  const verbs = own(NOUNS, noun) ?? {};
  const alone = own(verbs, '');
  if (alone) return { noun, verb: '', command: alone, rest };
  const [verb = '', ...args] = rest;
  const command = own(verbs, verb);
  if (command) return { noun, verb, command, rest: args };
  throw new UsageError(`There is no command ${`${noun} ${verb}`.trim()}. See latchkey --help.`);
}

function read(
  { options = {}, takes }: Command,
  name: string,
  args: string[],
  usage: string,
): { values: Values; taken: string } {
  const { values, positionals } = parseWords(options, args, usage);
  const missing = Object.entries(options).find(([option, { required }]) => required && values[option] === undefined);
  if (missing) throw new UsageError(`${name} needs --${missing[0]}. Usage: ${usage}`);
  const [taken, ...more] = positionals;
  if (takes !== undefined && taken === undefined) throw new UsageError(`${takes} is missing. Usage: ${usage}`);
  const extra = takes === undefined ? taken : more[0];
  if (extra !== undefined) throw new UsageError(`${name} doesn't take “${extra}”. Usage: ${usage}`);
  return { values, taken: taken ?? '' };
}

function parseWords(
  options: NonNullable<Command['options']>,
  args: string[],
  usage: string,
): { values: Values; positionals: string[] } {
  const known = Object.entries(options).map(([name, { value, many = false }]) => {
    const type = value === undefined ? 'boolean' : 'string';
    return [name, { type, multiple: many } as const] as const;
  });
  try {
    return parseArgs({
      args,
      options: { ...Object.fromEntries(known), json: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${error.message.split('\n')[0]} Usage: ${usage}`);
    throw error;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** 0 done, 1 refused, failed or found bad, 2 called wrongly: one line on standard error each. */
function explain(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigError) return complain(error.message, 2);
  if (error instanceof Refused || error instanceof OperatorError) return complain(error.message, 1);
  const problem = error instanceof Problem ? error : storageProblemOf(error);
  if (problem === null) throw error;
  return complain([problem.message, ...causesOf(problem)].join(' '), 1);
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`latchkey: ${message.replaceAll('\n', ' ')}\n`);
  return exitCode;
}

/** Whoever is at the command line may know what else there is to know. */
function causesOf({ facts, cause }: Problem): string[] {
  const issues = facts.issues?.map(({ message }) => message) ?? [];
  return cause instanceof Error ? [...issues, `(${cause.message})`] : issues;
}

await run(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = explain(error);
});
