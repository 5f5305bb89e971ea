import { BUILT_IN_ROLES, type ApiKey } from '@latchkey/schemas';
import { describe, expect, it } from 'vitest';

import {
  createInputOf,
  expiresAtMs,
  expiryWords,
  keyForm,
  limitsForm,
  limitsFormOf,
  permissionsOf,
  updateInputOf,
  type Expiry,
} from './key-form.ts';
import { quotaWords, rateWords, windowOptions } from './limit-words.ts';

const nowMs = new Date(2026, 10, 22, 9).getTime();
const DAY_MS = 86_400_000;
const filled = {
  name: ' billing-worker ',
  expiry: '90',
  day: '',
  permissions: ['api_keys:write', 'api_keys:read'],
  allowQuery: false,
  ipAllowList: '10.0.0.0/8\n 192.0.2.1,2001:db8::/32\n',
  rateLimit: '',
  windowSeconds: '60',
  quota: '',
  quotaPer: 'month',
} as const;

describe('when a key ends', () => {
  it('is counted from now for a preset, and never for never', () => {
    expect(expiresAtMs('7', '', nowMs)).toBe(nowMs + 7 * DAY_MS);
    expect(expiresAtMs('never', '', nowMs)).toBeNull();
  });

  it('is the end of the chosen day, where the reader is', () => {
    const endMs = expiresAtMs('date', '2027-02-20', nowMs) ?? 0;
    expect(new Date(endMs).toString()).toContain('Feb 20 2027 23:59:59');
  });

  it('is said in a sentence', () => {
    const wordsOf = (expiry: Expiry, sendsMail = true) => expiryWords({ expiry, day: '', nowMs, sendsMail });
    expect(wordsOf('90')).toMatch(/^Ends Sat,? (?:20 Feb|Feb 20),? 2027\. We mail a reminder before\.$/);
    expect(wordsOf('90', false)).toMatch(/2027\.$/);
    expect(wordsOf('never')).toContain('until someone revokes it');
    expect(wordsOf('date')).toBe('Choose its last day.');
  });
});

describe('the permissions of a key', () => {
  const givable = BUILT_IN_ROLES.auditor.permissions;

  it('are never more than may be given', () => {
    expect(permissionsOf('write', [], givable)).toEqual([...givable]);
    expect(permissionsOf('choose', ['users:read', 'users:write'], givable)).toEqual(['users:read']);
    expect(permissionsOf('read', [], ['api_keys:read', 'api_keys:write'])).toEqual(['api_keys:read']);
  });
});

describe('the dialog’s fields', () => {
  it('become the input of apiKeys.create', () => {
    expect(createInputOf(keyForm.parse({ ...filled, permissions: [...filled.permissions] }), nowMs)).toEqual({
      name: 'billing-worker',
      permissions: ['api_keys:read', 'api_keys:write'],
      expiresAtMs: nowMs + 90 * DAY_MS,
      allowQuery: false,
      ipAllowList: ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'],
      rateLimit: null,
      quota: null,
    });
  });

  it.each([
    ['name', { name: '' }],
    ['permissions', { permissions: [] }],
    ['day', { expiry: 'date', day: '2020-01-01' }],
    ['ipAllowList', { ipAllowList: 'office' }],
    ['rateLimit', { rateLimit: '0' }],
    ['quota', { quota: '1000000001' }],
  ])('are refused at the field that is wrong: %s', (name, change) => {
    const checked = keyForm.safeParse({ ...filled, ...change });
    expect(checked.error?.issues.map(({ path }) => path[0])).toEqual([name]);
  });

  it('carry a rate and a quota only where one was written', () => {
    const form = keyForm.parse({ ...filled, permissions: [...filled.permissions], rateLimit: '100', quota: '5' });
    expect(createInputOf(form, nowMs)).toMatchObject({
      rateLimit: { limit: 100, windowSeconds: 60 },
      quota: { limit: 5, per: 'month' },
    });
  });
});

describe('the limits of a key', () => {
  const apiKey = {
    id: '0'.repeat(22),
    ipAllowList: ['10.0.0.0/8', '2001:db8::/32'],
    rateLimit: { limit: 5, windowSeconds: 3600 },
    quota: { limit: 100, per: 'week' },
    expiresAtMs: new Date(2099, 1, 20, 13, 5, 7).getTime(),
  } as ApiKey;

  it('stay as they are, to the millisecond, where nobody changes their fields', () => {
    const { id, ipAllowList, rateLimit, quota, expiresAtMs: endMs } = apiKey;
    const kept = { id, ipAllowList, rateLimit, quota, expiresAtMs: endMs };
    expect(updateInputOf(limitsForm.parse(limitsFormOf(apiKey)), apiKey)).toEqual(kept);
    const none = { ...apiKey, ipAllowList: [], rateLimit: null, quota: null, expiresAtMs: null };
    expect(updateInputOf(limitsForm.parse(limitsFormOf(none)), none)).toEqual({ ...kept, ...none });
  });

  it('end with the day that was chosen', () => {
    const form = limitsForm.parse({ ...limitsFormOf(apiKey), day: '2099-03-01' });
    expect(new Date(updateInputOf(form, apiKey).expiresAtMs ?? 0).toString()).toContain('Mar 01 2099 23:59:59');
    expect(limitsForm.safeParse({ ...limitsFormOf(apiKey), day: '2020-01-01' }).success).toBe(false);
  });

  it('keep a window that no choice names, and are said in words', () => {
    const rate = { limit: 5, windowSeconds: 30 };
    expect(windowOptions(30)).toContainEqual({ value: '30', label: '30 seconds' });
    expect(windowOptions(3600)).toEqual(windowOptions(60));
    expect(limitsFormOf({ ...apiKey, rateLimit: rate }).windowSeconds).toBe('30');
    expect(rateWords(rate)).toBe('5 requests in 30 seconds');
    expect(rateWords({ limit: 5, windowSeconds: 100 })).toBe('5 requests in 100 seconds');
    expect(rateWords({ limit: 1, windowSeconds: 3600 })).toBe('1 request an hour');
    expect(quotaWords({ limit: 100, per: 'week' })).toBe('100 calls a week');
  });
});
