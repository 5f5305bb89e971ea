import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** The estimate grows with the square of the length, and says no more of what comes later. */
const JUDGED_LENGTH = 80;

/** 0: guessed at once. 4: guessed by nobody. */
export type Strength = 0 | 1 | 2 | 3 | 4;

/** How hard the password is to guess for somebody who knows the common ones, and how people build theirs. */
export function strengthOf(password: string): Strength {
  return zxcvbn.check(password.slice(0, JUDGED_LENGTH)).score;
}
