import { PROBLEMS, type ProblemCode } from '@latchkey/schemas';
import { ADMIN, freshPostgresUrl, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

/** Texts that some program somewhere took for something else. All of them are somebody's name. */
const NAUGHTY = [
  'null',
  'undefined',
  'NaN',
  'Infinity',
  'true',
  '0',
  '-0',
  '1e309',
  '0x1F',
  '١٢٣',
  '2026-02-30',
  'nil',
  'None',
  '[object Object]',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '$where',
  '{"$gt":""}',
  '[1,2]',
  '"',
  "'",
  '`',
  '\\',
  '\\u0000',
  '%00',
  '%s%n%d',
  '%0d%0aSet-Cookie:x=y',
  "O'Brien",
  "'; drop table accounts; --",
  "' or '1'='1",
  '") or 1=1 --',
  '%',
  '_',
  '100%_\\',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  'javascript:alert(1)',
  '&amp;&#x27;',
  '<!--',
  ']]>',
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
  '{{7*7}}',
  '${7*7}',
  '<%= 7*7 %>',
  '#{7*7}',
  '$(id)',
  '; cat /etc/passwd',
  '| id',
  '../../etc/passwd',
  'C:\\Windows\\win.ini',
  'file:///etc/passwd',
  '=1+1',
  '@SUM(A1)',
  '*)(uid=*',
  '(.*)*$',
  '(((((((((((((((((((((',
  'a'.repeat(100),
  'Zoë Ünïcödé ßẞ ŉ',
  'İstanbul ıI',
  'ﬁ ＡＤＭＩＮ ℡',
  'аdmin',
  '田中太郎',
  'مرحبا بالعالم',
  'שלום',
  '‮evil‬',
  'a\u200Bb\u2060c',
  'a\u2028b\u2029c',
  'e\u0301 é',
  'Z\u0351\u036B\u0343\u036Aalgo',
  '👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 1️⃣',
  '𝕬𝖉𝖆 𐍈',
  '\uE000\uFFFD\uFFFE\uFFFF',
];

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

const queryOf = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

let server: TestServer;

async function open(environment: Record<string, string>): Promise<Caller> {
  server = await openTestServer({ environment });
  onTestFinished(() => server.close());
  return server.admin();
}

type Page = { items: { id: string; name: string }[] };

/** Every place where a text of somebody's choice is kept. Each saves it, and gives what other calls then read of it. */
async function placesOf(admin: Caller): Promise<Record<string, (text: string) => Promise<unknown[]>>> {
  const { user } = await admin.api.users.create.mutate({ email: 'named@example.com' });
  const service = await admin.api.serviceAccounts.create.mutate({ name: 'named' });
  const { apiKey } = await admin.api.apiKeys.create.mutate({ name: 'named', permissions: [] });
  const naughty = { name: 'named', audience: 'https://naughty.example.com' };
  const resource = await admin.api.resources.create.mutate(naughty);
  let roles = 0;
  const nameIn = ({ items }: Page, id: string) => items.find((each) => each.id === id)?.name;
  return {
    'my name': async (name) => {
      await admin.api.me.update.mutate({ name });
      return [(await admin.api.me.get.query()).name];
    },
    'a person’s name, and what a search finds them by': async (name) => {
      await admin.rest('PATCH', `/users/${user.id}`, { name });
      const { body } = await admin.rest<Page>('GET', `/users?${queryOf({ q: name })}`);
      return [nameIn(body, user.id)];
    },
    'a service account’s name': async (name) => {
      await admin.api.serviceAccounts.update.mutate({ id: service.id, name });
      return [(await admin.api.serviceAccounts.get.query({ id: service.id })).name];
    },
    'a key’s name, what a search finds it by, and the audit’s word for it': async (name) => {
      await admin.api.apiKeys.update.mutate({ id: apiKey.id, name });
      const found = await admin.api.apiKeys.list.query({ q: name });
      const { items } = await admin.api.audit.list.query({ act: 'api_key.renamed', limit: 1 });
      return [nameIn(found, apiKey.id), items[0]?.details['to']];
    },
    'a resource’s name, and the sentence of its permission': async (name) => {
      const permissions = [{ name: 'naughty:read' as const, description: name }];
      const { id } = resource;
      await admin.api.resources.update.mutate({ id, name, permissions });
      const read = await admin.api.resources.get.query({ id });
      return [read.name, read.permissions[0]?.description];
    },
    'a role’s description': async (description) => {
      roles += 1;
      const role = { name: `role-${roles}`, description, permissions: [] };
      const { body } = await admin.rest('POST', '/roles', role);
      return [body['description']];
    },
  };
}

for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
  describe(`a naughty text on ${database}`, () => {
    it('is kept, found and given back as it is, wherever one may be kept [B25] [V1.2.4]', async () => {
      const admin = await open(await environment());
      for (const [place, keep] of Object.entries(await placesOf(admin))) {
        const wrong = [];
        for (const text of NAUGHTY) {
          const read = await keep(text);
          if (read.some((each) => each !== text)) wrong.push({ text, read });
        }
        expect([place, wrong]).toEqual([place, []]);
      }
      const { items } = await admin.api.roles.list.query();
      expect(items.map(({ description }) => description)).toEqual(expect.arrayContaining(NAUGHTY));
      expect(server.logged()).not.toMatch(/"level":"(?:error|fatal)"/);
    }, 90_000);
  });
}

describe('a naughty text', () => {
  it('where it can’t be right is refused by a code of the table', async () => {
    const admin = await open({});
    const codes = new Set<ProblemCode>();
    for (const text of NAUGHTY) {
      const answers = [
        await admin.rest('GET', `/users/${encodeURIComponent(text)}`),
        await admin.rest('GET', `/users?${queryOf({ cursor: text, limit: text })}`),
        await admin.rest('GET', `/audit?${queryOf({ act: text })}`),
        await admin.rest('GET', `/api-keys?${queryOf({ [text]: text })}`),
        await admin.rest('POST', '/users', { email: text }),
        await admin.rest('POST', '/roles', { name: `A ${text}`, description: 'x', permissions: [] }),
        await admin.rest('POST', '/api-keys', { name: 'x', permissions: [text] }),
        await admin.rest('POST', '/api-keys', { name: 'x', permissions: [], ipAllowList: [text] }),
        await admin.rest('POST', '/api-keys/verify', { key: 'x', ip: text }),
        await admin.rest('POST', '/tokens', { audience: ` ${text}` }),
        await admin.rest('POST', '/resources', { name: 'x', audience: text }),
        await server.stranger().rest('POST', '/session', { email: text, password: ADMIN.password }),
      ];
      for (const { status, body } of answers.filter((each) => each.status >= 300)) {
        const code = body['code'] as ProblemCode;
        expect([text, status]).toEqual([text, PROBLEMS[code]?.status]);
        codes.add(code);
      }
    }
    codes.delete('input_invalid');
    codes.delete('not_found');
    codes.delete('sign_in_failed');
    codes.delete('rate_limited');
    expect(codes).toEqual(new Set());
  });
});

describe('a naughty password', () => {
  it('is one like any other: it opens, and no other spelling of it does', async () => {
    const admin = await open({});
    const texts = NAUGHTY.filter((text) => [...text].length >= 8 && !/^[\x20-\x7e]*$/.test(text));
    const passwords = [...texts, 'undefined', "' or '1'='1", ' spaces ', 'tab\tand\nline', 'x'.repeat(256)];
    for (const [index, password] of passwords.entries()) {
      const email = `p${index}@example.com`;
      await admin.api.users.create.mutate({ email, password });
      const person = server.stranger();
      person.remoteAddress = `192.0.2.${index}`;
      const spellings = [password.normalize('NFKC'), password.trim(), password.toUpperCase(), `${password} `];
      const other = spellings.find((each) => each !== password) ?? '';
      expect((await problemOf(person.signIn(email, other))).code).toBe('sign_in_failed');
      await expect(person.signIn(email, password)).resolves.toMatchObject({ email });
    }
  });
});

describe('a forged cursor', () => {
  for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
    it(`is refused or leads nowhere on ${database}`, async () => {
      const admin = await open(await environment());
      const texts = [
        '0.0',
        '1.x',
        '999999999999999.zzz',
        '1.99999999999999999999',
        '-1.x',
        '1.',
        '.1',
        'x.1',
        '1.1.1',
        '',
      ];
      for (const text of [...texts, `1.${'9'.repeat(40)}`, '1.NaN', '1.Infinity', '1.0x10', '1.1e9', "1.'--"]) {
        const cursor = Buffer.from(text).toString('base64url');
        for (const list of ['/users', '/api-keys', '/audit']) {
          const { status } = await admin.rest('GET', `${list}?cursor=${cursor}`);
          expect([list, text, [200, 400].includes(status) || status]).toEqual([list, text, true]);
        }
      }
    });
  }
});
