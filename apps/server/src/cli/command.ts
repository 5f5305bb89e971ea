import type { Composed } from '../compose.ts';
import type { Config } from '../config/index.ts';

/** What a command answers: lines for people, and the same as one JSON object for programs. */
export type Answer = {
  line: string;
  json: object;
  /** It ran, and found what it looked for to be bad: exit code 1. */
  isBad?: boolean;
};

/** One that takes a value has a `value`, which stands for it in the usage. */
export type Option = { means: string; value?: string; required?: true; many?: true };

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export type Call = {
  values: Values;
  /** What stands for the command's `takes`. */
  taken: string;
  /** The configuration; throws a ConfigError. */
  config(): Config;
  /** The whole server but its HTTP, on the configured database. Opened when it is first asked for; refused where there is none. */
  composed(): Promise<Composed>;
};

export type Command = {
  means: string;
  /** The name of the one thing that it takes beside its options. */
  takes?: string;
  options?: Readonly<Record<string, Option>>;
  /** It may be the first that is done, on a database that it makes. */
  begins?: true;
  run(call: Call): Promise<Answer>;
};

/** The verbs of a noun; '' where the noun needs none. */
export type Noun = Readonly<Record<string, Command>>;

/** The caller's mistake: answered with one line and exit code 2. */
export class UsageError extends Error {}

/** What can't be done, and why: one line and exit code 1. */
export class Refused extends Error {}

type Schema<Output> = {
  safeParse(
    input: unknown,
  ):
    | { success: true; data: Output }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
};

export function parse<Output>(schema: Schema<Output>, input: unknown): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map(({ path, message }) => [...path, message].join(' ')).join(' '));
}
