import type { ApiKey, ServiceAccount, User } from '@latchkey/schemas';
import type { ServerProcess } from '@latchkey/testkit/server-process';

import { ADMIN } from './fixtures.ts';
import { signInByRest, withKey, type Rest } from './rest.ts';

const DAY_MS = 86_400_000;

export const GRACE = { email: 'grace.hopper@example.com', password: 'a ship in port is safe' };
/** No name is refused for its length, so every page must bear these. */
const LONG_NAME = 'Hubert-Blaine-Wolfeschlegelsteinhausenbergerdorff-the-Elder-of-the-Second-Floor-Accounts-Receivable';
const LONG_KEY_NAME =
  'eu-central-1.production.invoice-reconciliation-and-late-payment-reminder-worker.blue-green-canary-02';

const PEOPLE = [
  { ...GRACE, name: 'Grace Hopper', roles: ['auditor', 'member'] },
  { email: 'katherine.johnson@example.com', name: 'Katherine Johnson', roles: ['support'] },
  { email: 'margaret.hamilton@example.com', name: 'Margaret Hamilton', roles: ['admin'] },
  { email: 'annie.easley@example.com', name: 'Annie Easley', roles: ['member'] },
  { email: 'charles.babbage@example.com', name: 'Charles Babbage', roles: ['member'] },
  {
    email: 'wolfeschlegelsteinhausenbergerdorff@accounts.example.com',
    name: LONG_NAME,
    roles: ['member'],
  },
];

const BROWSERS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
];

type Made = { apiKey: ApiKey; secret: string };
type NewKey = { name: string; permissions: string[]; accountId?: string; expiresAtMs?: number | null };

/** A server as it looks after some weeks: people in every state, keys in every state, names of every length. */
export async function fillServer(server: ServerProcess, admin: Rest): Promise<void> {
  await admin('POST', '/roles', {
    name: 'support',
    description: 'May see people and their keys, to help them.',
    permissions: ['api_keys:read', 'users:read', 'all_api_keys:read'],
  });
  await addPeople(admin);
  for (const browser of BROWSERS) {
    for (const person of [ADMIN, GRACE]) await signInByRest(server, person, { 'user-agent': browser });
  }
  const [billing, exporting] = await addServiceAccounts(admin);
  await addKeys(server, admin, billing ?? '', exporting ?? '');
  await signInByRest(server, { email: GRACE.email, password: 'a ship in harbour' });
}

async function addPeople(admin: Rest): Promise<void> {
  for (const person of PEOPLE) {
    const { body } = await admin<{ user: User }>('POST', '/users', person);
    if (person.name === 'Charles Babbage') await admin('PATCH', `/users/${body.user.id}`, { disabled: true });
  }
}

async function addServiceAccounts(admin: Rest): Promise<string[]> {
  const ids: string[] = [];
  for (const name of ['billing', 'nightly-export', LONG_KEY_NAME]) {
    const { body } = await admin<{ result: { data: ServiceAccount } }>('POST', '/trpc/serviceAccounts.create', {
      name,
      roles: ['auditor'],
    });
    ids.push(body.result.data.id);
  }
  return ids;
}

async function addKeys(server: ServerProcess, admin: Rest, billing: string, exporting: string): Promise<void> {
  const make = async (key: NewKey): Promise<Made> => (await admin<Made>('POST', '/api-keys', key)).body;
  const inDays = (days: number) => Date.now() + days * DAY_MS;
  const read = ['api_keys:read', 'audit:read', 'users:read'];

  await make({ name: 'laptop', permissions: ['api_keys:read'], expiresAtMs: inDays(30) });
  await make({ name: LONG_KEY_NAME, permissions: read, accountId: billing, expiresAtMs: inDays(365) });
  await make({ name: 'audit-to-siem', permissions: ['audit:read'], accountId: exporting, expiresAtMs: null });
  await make({ name: 'one-off-import', permissions: read, expiresAtMs: Date.now() + 1500 });
  const endsSoon = await make({ name: 'ci-smoke', permissions: read, accountId: exporting, expiresAtMs: inDays(3) });
  const used = await make({ name: 'billing-worker', permissions: read, accountId: billing, expiresAtMs: inDays(90) });
  for (const { secret } of [endsSoon, used]) await withKey(server, secret)('GET', '/me');
  const rotated = await make({ name: 'dashboard', permissions: ['api_keys:read'], expiresAtMs: inDays(90) });
  await admin('POST', `/api-keys/${rotated.apiKey.id}/rotate`, { graceSeconds: 86_400 });
  const revoked = await make({ name: 'old-laptop', permissions: read, expiresAtMs: inDays(7) });
  await admin('POST', `/api-keys/${revoked.apiKey.id}/revoke`);
}
