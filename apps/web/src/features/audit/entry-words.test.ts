import { describe, expect, it } from 'vitest';

import { actorWords, changeWords, nameWords, targetWords } from './entry-words.ts';

const person = { kind: 'person', id: 'acc_1', name: 'ada@example.com' } as const;
const stranger = { kind: 'anonymous', id: null, name: null } as const;

describe('the words for an audit entry', () => {
  it.each([
    [person, 'ada@example.com'],
    [{ ...person, name: null }, 'acc_1'],
    [stranger, 'Not signed in'],
    [{ kind: 'system', id: null, name: 'server' } as const, 'Latchkey itself'],
    [{ kind: 'system', id: null, name: 'command line' } as const, 'The command line'],
  ])('name who did it: %j', (actor, words) => {
    expect(actorWords({ actor })).toBe(words);
  });

  it('name whom it was done to, unless it is the one who did it', () => {
    const target = { kind: 'account', id: 'acc_2', name: 'grace@example.com' };
    expect(targetWords({ actor: person, target, details: {} })).toBe('grace@example.com');
    expect(targetWords({ actor: person, target: { ...target, name: null }, details: {} })).toBe('acc_2');
    expect(targetWords({ actor: person, target: { ...target, id: 'acc_1' }, details: {} })).toBeNull();
  });

  it('tell what a stranger claimed to be', () => {
    expect(targetWords({ actor: stranger, target: null, details: { email: 'eve@example.com' } })).toBe(
      'eve@example.com',
    );
    expect(targetWords({ actor: stranger, target: null, details: { email: 7 } })).toBeNull();
  });

  it('tell what changed', () => {
    expect(changeWords({ details: { from: ['member'], to: [] } })).toBe('member → none');
    expect(changeWords({ details: { from: 'Ada', to: 'Grace' } })).toBe('Ada → Grace');
    expect(changeWords({ details: { from: 'Ada' } })).toBeNull();
  });

  it.each([
    ['expiresAtMs', 'Expires at'],
    ['sessionIds', 'Session ids'],
    ['ttlSeconds', 'Lifetime'],
    ['ipAllowList', 'IP allow list'],
    ['from', 'Before'],
    ['constructor', 'Constructor'],
  ])('read a name from code: %s', (name, words) => {
    expect(nameWords(name)).toBe(words);
  });
});
