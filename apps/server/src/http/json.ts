import { Problem } from '../problems/index.ts';

/** Deeper than any input of ours. Bounds the recursion of everything that walks the value. */
const MAX_DEPTH = 20;

/** Keys that reach an object's prototype in careless code, ours or a library's [B29]. */
const POISON = new Set(['__proto__', 'constructor', 'prototype']);

/** Parses what came from outside. Throws `request_malformed`, which never repeats the text. */
export function parseJson(text: string): unknown {
  const value = parse(text);
  refuseOddities(value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A SyntaxError is all that JSON.parse throws at a string, and its message holds a piece of the text.
    throw new Problem('request_malformed', { detail: "The JSON can't be read." });
  }
}

function refuseOddities(root: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_DEPTH) throw new Problem('request_malformed', { detail: 'The JSON is nested too deeply.' });
    for (const [key, inner] of Object.entries(value)) {
      if (POISON.has(key))
        throw new Problem('request_malformed', { detail: "The JSON holds a name that can't be used." });
      if (typeof inner === 'object') open.push({ value: inner, depth: depth + 1 });
    }
  }
}
