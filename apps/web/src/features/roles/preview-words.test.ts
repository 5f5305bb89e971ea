import type { RolePreview } from '@latchkey/schemas';
import { describe, expect, it } from 'vitest';

import { previewWords } from './preview-words.ts';

const NOBODY = { people: 0, serviceAccounts: 0, apiKeys: 0 };
const preview = (change: Partial<RolePreview>): RolePreview => ({
  gained: [],
  lost: [],
  gaining: NOBODY,
  losing: NOBODY,
  atLeast: false,
  ...change,
});

describe('what a role’s change does', () => {
  it('is said for those who gain and those who lose, one or many', () => {
    const change = preview({
      gained: ['users:read', 'audit:read'],
      lost: ['notes:write'],
      gaining: { people: 3, serviceAccounts: 0, apiKeys: 2 },
      losing: { people: 1, serviceAccounts: 0, apiKeys: 0 },
    });
    expect(previewWords(change)).toEqual([
      '3 people and 2 API keys gain users:read and audit:read.',
      '1 person loses notes:write.',
    ]);
  });

  it('names three permissions at most, and says where not everybody was counted', () => {
    const gained = ['a:x', 'b:x', 'c:x', 'd:x', 'e:x'] as const;
    const change = preview({ gained: [...gained], gaining: { ...NOBODY, people: 500 }, atLeast: true });
    expect(previewWords(change)).toEqual(['At least 500 people gain a:x, b:x, c:x, and 2 more.']);
  });

  it('is nothing where nothing changes, or nobody is touched', () => {
    expect(previewWords(preview({}))).toEqual(['Nothing changes.']);
    expect(previewWords(preview({ lost: ['a:x'] }))).toEqual(['Nobody who has this role gains or loses anything now.']);
  });
});
