import { PROBLEMS, type ProblemCode } from '@latchkey/schemas';
import { describe, expect, it } from 'vitest';

import { csvText } from './csv.ts';
import { failureOf } from './failure.ts';
import { safeNextPath, signInHref } from './next-path.ts';
import { PROBLEM_WORDS } from './problem-words.ts';
import { pickLocale, relativeWords } from './time-words.ts';
import { userAgentWords } from './user-agent-words.ts';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

describe('the words for problems', () => {
  it('exist for each code of the table, and for nothing else', () => {
    expect(Object.keys(PROBLEM_WORDS).toSorted()).toEqual(codes.toSorted());
  });

  it.each(codes)('say what happened and what to do: %s', (code) => {
    const { what, next } = PROBLEM_WORDS[code];
    const text = `${what} ${next}`;
    expect(text).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
    expect(text.split(' ').length).toBeLessThan(22);
    expect(text).not.toMatch(/please|oops|invalid|sorry|—/i);
  });

  it("prefer the server's own sentence when it has one", () => {
    const problem = {
      code: 'grant_exceeds_own',
      title: '',
      type: '',
      status: 403,
      requestId: 'r1',
      detail: "You can't give users:write.",
    };
    expect(failureOf(Object.assign(new Error('x'), { data: { problem } }))).toMatchObject({
      what: "You can't give users:write.",
      requestId: 'r1',
    });
  });

  it('call anything without a problem unreachable', () => {
    expect(failureOf(new TypeError('Failed to fetch')).code).toBe('unreachable');
    expect(failureOf(Object.assign(new Error('x'), { data: { problem: { code: 'no_such_code' } } })).code).toBe(
      'unreachable',
    );
  });
});

describe('the way back after sign-in', () => {
  const origin = 'https://id.example';

  it.each(['/', '/account/sessions', '/console/api-keys?q=a%2Fb&status=active', '/account#x'])('keeps %s', (next) => {
    expect(safeNextPath(next, origin)).toBe(next);
  });

  it.each([
    null,
    '',
    'account',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\t//evil.example',
    '///evil.example',
    '/.//evil.example',
    '/%2e//evil.example',
    'data:text/html,x',
    '/sign-in?next=/sign-in',
    '/sign-up',
  ])('refuses %j', (next) => {
    expect(safeNextPath(next, origin)).toBe('/');
  });

  it('is carried whole by the link to sign in', () => {
    const href = signInHref({ pathname: '/console/audit', search: '?act=session.created', hash: '#x' });
    expect(new URL(href, origin).searchParams.get('next')).toBe('/console/audit?act=session.created#x');
    expect(signInHref({ pathname: '/', search: '', hash: '' })).toBe('/sign-in');
  });
});

describe('the words for a browser', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      'Safari on Mac',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
      'Chrome on Linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      'Samsung Internet on Android',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari on iPad',
    ],
    [
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      'Chrome on ChromeOS',
    ],
    ['curl/8.9.1', 'curl'],
    ['python-requests/2.32', 'A Python program'],
    ['Something (Linux)', 'A browser on Linux'],
    ['', 'An unknown device'],
  ])('%s', (userAgent, words) => {
    expect(userAgentWords(userAgent)).toBe(words);
  });
});

describe('the words for times', () => {
  const nowMs = Date.UTC(2026, 10, 22);
  const ago = (ms: number) => relativeWords(nowMs - ms, nowMs);

  it('are as coarse as a reader would say them', () => {
    expect(ago(10_000)).toBe('just now');
    expect(ago(5 * 60_000)).toBe('5 minutes ago');
    expect(ago(24 * 3_600_000)).toBe('yesterday');
    expect(ago(39 * 86_400_000)).toBe('39 days ago');
    expect(relativeWords(nowMs + 90 * 86_400_000, nowMs)).toBe('in 3 months');
    expect(relativeWords(nowMs + 365 * 86_400_000, nowMs)).toBe('in 12 months');
  });

  it('are English on an English page, in the reader’s own English when there is one', () => {
    expect(pickLocale(['de-DE', 'en-US', 'en'])).toBe('en-US');
    expect(pickLocale(['de-DE', 'eng'])).toBe('en-GB');
  });
});

it('what a spreadsheet reads has no cell that it would run', () => {
  const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', 'x;=1;+1; 1', '＝1', 'a "b", c'];
  const csv = csvText([cells, ['plain']]);
  expect(csv).toBe(`'=1+1,'+1,'-1,'@SUM(A1),'\t=1,"'\r=1","'\n=1",x;'=1;'+1; 1,'＝1,"a ""b"", c"\r\nplain\r\n`);
});
