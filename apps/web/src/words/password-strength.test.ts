import { expect, it } from 'vitest';

import { strengthOf } from './password-strength.ts';

it('tells what is guessed at once from a few words in a row, whatever their length', () => {
  for (const weak of ['12345678', 'password', 'Passw0rd!', 'qwertyuiop', 'aaaaaaaaaaaa'])
    expect([weak, strengthOf(weak) <= 1]).toEqual([weak, true]);
  for (const strong of [
    'a ship in port is safe',
    'correct horse battery staple',
    'counting everything twice '.repeat(9),
  ])
    expect([strong, strengthOf(strong) >= 3]).toEqual([strong, true]);
});
