import { describe, expect, it } from 'vitest';

import { auditInput, auditSearch } from './audit-search.ts';

describe("the audit log's filters", () => {
  it('are read from the address, without what makes no sense', () => {
    expect(auditSearch.parse({ act: 'nonsense', actorId: 'acc_1', from: '2026-02-30', until: '2026-11-22' })).toEqual({
      actorId: 'acc_1',
      until: '2026-11-22',
    });
  });

  it('hold both days whole', () => {
    const { fromMs, untilMs } = auditInput(auditSearch.parse({ from: '2026-11-22', until: '2026-11-22' }));
    expect(new Date(Number(fromMs)).toString()).toContain('Nov 22 2026 00:00:00');
    expect(new Date(Number(untilMs)).toString()).toContain('Nov 22 2026 23:59:59');
  });
});
