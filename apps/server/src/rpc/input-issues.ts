import type { InputIssue } from '@latchkey/schemas';
import type * as z from 'zod/mini';

const MAX_ISSUES = 20;
const MAX_PATH_LENGTH = 100;

/** The name that zod/mini gives every issue for which a schema has no sentence of its own. */
const UNNAMED = 'Invalid input';

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** What a person is told of refused input: where, and what to do. Never the value, which may be a password. */
export function inputIssues(error: z.core.$ZodError): InputIssue[] {
  return error.issues.flatMap(issuesOf).slice(0, MAX_ISSUES);
}

function issuesOf(issue: z.core.$ZodIssue): InputIssue[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathText(issue.path), message: sentence(issue) }];
  return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: 'There is no such field.' }));
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map(String).join('.').slice(0, MAX_PATH_LENGTH);
}

function sentence(issue: Exclude<z.core.$ZodIssue, { code: 'unrecognized_keys' }>): string {
  if (issue.message !== UNNAMED) return issue.message;
  if (issue.code === 'invalid_type') return `Use ${TYPES[issue.expected] ?? 'another kind of value'}.`;
  if (issue.code === 'invalid_value') return `Use one of ${issue.values.map(String).join(', ')}.`;
  if (issue.code === 'too_small') return `Use ${issue.minimum}${unitOf(issue.origin)} or more.`;
  if (issue.code === 'too_big') return `Use ${issue.maximum}${unitOf(issue.origin)} or fewer.`;
  return "This can't be used.";
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}
