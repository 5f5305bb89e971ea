import { describe, expect, it } from 'vitest';

import { judge } from './audit-dependencies.ts';

const FOUND = JSON.stringify({
  advisories: {
    1: { module_name: 'left-pad', severity: 'high', title: 'Pads too far', url: 'https://example.org/GHSA-1' },
  },
  metadata: { vulnerabilities: { high: 1 } },
});

describe('the audit of locked dependencies', () => {
  it('fails with the name of what is vulnerable', () => {
    expect(judge({ status: 1, stdout: FOUND, stderr: '' })).toEqual({
      outcome: 'failed',
      message: 'left-pad: Pads too far (high, https://example.org/GHSA-1)',
    });
  });

  it('is skipped where the registry has no audit', () => {
    const stderr = 'Error: ERR_PNPM_AUDIT_BAD_RESPONSE\n\n  × The audit endpoint\n  │ responded with 405:';
    expect(judge({ status: 1, stdout: '', stderr })).toEqual({
      outcome: 'skipped',
      message: "The registry can't be asked: ERR_PNPM_AUDIT_BAD_RESPONSE The audit endpoint responded with 405:",
    });
  });

  it('fails on anything that it does not know', () => {
    expect(judge({ status: 1, stdout: '', stderr: 'ERR_PNPM_NO_LOCKFILE' }).outcome).toBe('failed');
    expect(judge({ status: null, stdout: '', stderr: '' }).outcome).toBe('failed');
  });
});
