import { expect, it } from 'vitest';

import { MINUTE_MS } from '../time/index.ts';
import { Uses } from './uses.ts';

const use = (id: string, atMs: number) => ({ id, atMs });

it('gives each use at once, and the next of the same credential a minute later, with its own time', () => {
  const uses = new Uses(MINUTE_MS);
  uses.note(use('a', 1));
  uses.note(use('a', 2));
  expect(uses.takeDue(10)).toEqual([use('a', 2)]);
  uses.note(use('a', 11));
  uses.note(use('b', 12));
  expect(uses.takeDue(20)).toEqual([use('b', 12)]);
  expect(uses.takeDue(9 + MINUTE_MS)).toEqual([]);
  expect(uses.takeDue(10 + MINUTE_MS)).toEqual([use('a', 11)]);
  expect(uses.takeDue(10 + 2 * MINUTE_MS)).toEqual([]);
});

it('gives all when it is asked for all', () => {
  const uses = new Uses(MINUTE_MS);
  uses.note(use('a', 1));
  uses.takeDue(1);
  uses.note(use('a', 2));
  expect(uses.takeAll()).toEqual([use('a', 2)]);
  expect(uses.takeAll()).toEqual([]);
});

it('holds nothing back for long when the clock was set back', () => {
  const uses = new Uses(MINUTE_MS);
  uses.note(use('a', 100 * MINUTE_MS));
  uses.takeDue(100 * MINUTE_MS);
  uses.note(use('a', MINUTE_MS));
  expect(uses.takeDue(MINUTE_MS)).toEqual([use('a', MINUTE_MS)]);
});

it('gives what was put back again at once, but for a later use', () => {
  const uses = new Uses(MINUTE_MS);
  uses.note(use('a', 1));
  uses.note(use('b', 1));
  const taken = uses.takeDue(2);
  uses.note(use('b', 3));
  uses.putBack(taken);
  expect(uses.takeDue(4)).toEqual([use('b', 3), use('a', 1)]);
});
