import { text } from 'node:stream/consumers';
import { parseArgs, type ParseArgsConfig } from 'node:util';

import { apiKeyId, createApiKeyInput, createUserInput, type AccountId } from '@latchkey/schemas';
import { pino } from 'pino';

import { COMMAND_LINE } from './actors/index.ts';
import { compose, type Composed } from './compose.ts';
import { ConfigError, readConfig } from './config/index.ts';
import { Problem } from './problems/index.ts';
import { storageProblemOf } from './storage/index.ts';
import { DAY_MS, HOUR_MS, systemClock } from './time/index.ts';

/** What a command answers: a line for people, and the same as one JSON object for programs. */
type Answer = { line: string; json: object };
type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;
type Command = {
  usage: string;
  options: NonNullable<ParseArgsConfig['options']>;
  run(composed: Composed, values: Values, positionals: readonly string[]): Promise<Answer>;
};

/** The caller's mistake: answered with one line and exit code 2. */
class UsageError extends Error {}

const STRING = { type: 'string' } as const;
const STRINGS = { type: 'string', multiple: true } as const;
const FLAG = { type: 'boolean' } as const;

const COMMANDS: Record<string, Command> = {
  'users create': {
    usage: 'users create --email E [--name N] [--role R …] [--password-stdin]',
    options: { email: STRING, name: STRING, role: STRINGS, 'password-stdin': FLAG },
    async run({ services }, values) {
      const input = parse(createUserInput, {
        email: values['email'],
        name: values['name'],
        roles: values['role'],
        // Never an argument: other users of the machine can read those.
        password: values['password-stdin'] ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined,
      });
      const created = await services.people.create(COMMAND_LINE, input);
      return { line: created.invitationLink ?? created.user.id, json: created };
    },
  },
  'users disable': {
    usage: 'users disable ID-OR-EMAIL',
    options: {},
    async run({ services }, _values, [who]) {
      const id = await services.people.findId(required(who, 'ID-OR-EMAIL'));
      const user = await services.people.update(COMMAND_LINE, { id, disabled: true });
      return { line: `Disabled ${user.email}.`, json: { user } };
    },
  },
  'keys create': {
    usage: 'keys create --name N --permission P … [--account ID] [--expires 90d] [--allow-query]',
    options: { name: STRING, permission: STRINGS, account: STRING, expires: STRING, 'allow-query': FLAG },
    async run({ services }, values) {
      const expires = values['expires'];
      const account = values['account'];
      const input = parse(createApiKeyInput, {
        name: values['name'],
        permissions: values['permission'],
        allowQuery: values['allow-query'] ?? false,
        expiresAtMs: typeof expires === 'string' ? systemClock() + lifetimeMs(expires) : null,
        accountId: account === undefined ? await commandLineAccount(services) : account,
      });
      const created = await services.apiKeys.create(COMMAND_LINE, input);
      return { line: created.secret, json: created };
    },
  },
  'keys revoke': {
    usage: 'keys revoke ID',
    options: {},
    async run({ services }, _values, [id]) {
      const { apiKey } = await services.apiKeys.revoke(COMMAND_LINE, parse(apiKeyId, required(id, 'ID')));
      return { line: `Revoked ${apiKey.name}.`, json: { apiKey } };
    },
  },
};

/** Whose keys these are when nobody is named: a service account that the first such key brings along. */
async function commandLineAccount({ serviceAccounts }: Composed['services']): Promise<AccountId> {
  const name = 'Command line';
  const { items } = await serviceAccounts.list({ q: name, limit: 100 });
  const there = items.find((each) => each.name === name && each.status === 'active');
  return (there ?? (await serviceAccounts.create(COMMAND_LINE, { name, roles: ['admin'] }))).id;
}

function lifetimeMs(given: string): number {
  const [, amount, unit] = /^(\d{1,5})([hd])$/.exec(given) ?? [];
  if (amount === undefined || Number(amount) === 0) throw new UsageError('--expires takes a time such as 90d or 12h.');
  return Number(amount) * (unit === 'h' ? HOUR_MS : DAY_MS);
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new UsageError(`${name} is missing.`);
  return value;
}

type Schema<Output> = {
  safeParse(
    input: unknown,
  ):
    | { success: true; data: Output }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
};

function parse<Output>(schema: Schema<Output>, input: unknown): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map(({ path, message }) => [...path, message].join(' ')).join(' '));
}

async function run(argv: readonly string[]): Promise<void> {
  const [noun = '', verb = '', ...rest] = argv;
  const command = COMMANDS[`${noun} ${verb}`];
  if (argv.includes('--help') || argv.length === 0) return print(`${usages(noun, command)}\n`);
  if (command === undefined) throw new UsageError(`There is no command ${noun} ${verb}. See latchkey --help.`);
  const { values, positionals } = parseArguments(command, rest);
  const composed = await compose({ config: readConfig(process.env), log: pino({ level: 'silent' }) });
  try {
    const answer = await command.run(composed, values, positionals);
    print(`${values['json'] ? JSON.stringify(answer.json) : answer.line}\n`);
  } finally {
    await composed.close();
  }
}

function usages(noun: string, command: Command | undefined): string {
  const shown = command ? [command] : Object.values(COMMANDS).filter(({ usage }) => usage.startsWith(`${noun} `));
  return (shown.length > 0 ? shown : Object.values(COMMANDS))
    .map(({ usage }) => `latchkey ${usage} [--json]`)
    .join('\n');
}

function parseArguments({ options, usage }: Command, args: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args, options: { ...options, json: FLAG }, allowPositionals: true });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${error.message.split('\n')[0]} Usage: ${usage}`);
    throw error;
  }
}

function print(line: string): void {
  process.stdout.write(line);
}

/** 0 done, 1 refused or failed, 2 called wrongly: one line on standard error each. */
function explain(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigError) return complain(error.message, 2);
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
