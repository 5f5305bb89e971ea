import type { AuditEntry } from '@latchkey/schemas';
import { describe, expect, it } from 'vitest';

import { CSV, JSON_LINES } from './export-format.ts';

const made = {
  id: 'aud_1',
  number: 7,
  atMs: Date.UTC(2026, 10, 29, 16),
  act: 'account.renamed',
  actor: { kind: 'person', id: 'acc_1', name: '=HYPERLINK("https://example.com")' },
  credential: { kind: 'session', id: 'ses_1' },
  target: { kind: 'account', id: 'acc_1', name: 'Ada, Countess' },
  address: '203.0.113.7',
  requestId: 'req_1',
  details: { from: 'Ada', to: 'Ada,\n"Countess"' },
  digest: 'abc',
} as unknown as AuditEntry;
const failed = {
  ...made,
  id: 'aud_2',
  number: 8,
  act: 'sign_in.failed',
  actor: { kind: 'anonymous', id: null, name: null },
  credential: null,
  target: null,
  address: null,
  requestId: null,
  details: {},
} as unknown as AuditEntry;

describe('an export of the audit log', () => {
  it('as JSON Lines holds each entry whole, in a line of its own', () => {
    const lines = JSON_LINES.textOf([made, failed]).split('\n');
    expect(lines.map((line) => (line === '' ? null : (JSON.parse(line) as unknown)))).toEqual([made, failed, null]);
  });

  it('as CSV has a row for each entry, below the names of its columns', () => {
    expect((CSV.head + CSV.textOf([failed, made])).split('\r\n')).toEqual([
      '\uFEFFNumber,Time,Act,Actor kind,Actor id,Actor name,Credential kind,Credential id,Target kind,Target id,Target name,Address,Request id,Details,Entry id,Digest',
      '8,2026-11-29T16:00:00.000Z,sign_in.failed,anonymous,,,,,,,,,,{},aud_2,abc',
      `7,2026-11-29T16:00:00.000Z,account.renamed,person,acc_1,"'=HYPERLINK(""https://example.com"")",session,ses_1,account,acc_1,"Ada, Countess",203.0.113.7,req_1,"{""from"":""Ada"",""to"":""Ada,\\n\\""Countess\\""""}",aud_1,abc`,
      '',
    ]);
  });
});
