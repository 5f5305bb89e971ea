import { EXPORTED_AT_MOST, type AccountExport, type AccountId } from '@latchkey/schemas';

import { findAccount, requireWithin, targetOf, type AccountWithRoles } from '../accounts/index.ts';
import { holds, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Factors } from '../factors/index.ts';
import { listGrants } from '../oauth/index.ts';
import { readPermissions } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { activityOf } from './activity.ts';
import * as rows from './export-rows.ts';

export type ExportsNeeds = { storage: Storage; audit: Audit; factors: Factors; clock: Clock };

/** What else one must be able to read of somebody, to be given all of it at once. */
const READ_BESIDES = ['users:read', 'all_api_keys:read', 'audit:read', 'alerts:read'] as const;

/** What is kept of one person, in one document. Each list holds the newest of it, up to a bound. */
export function createExports({ storage, audit, factors, clock }: ExportsNeeds) {
  const { read } = storage;

  async function credentialsOf(id: AccountId) {
    const { passkeys, totp, recoveryCodes } = await factors.security({ accountId: id });
    return {
      sessions: await rows.listSessions(read, id, EXPORTED_AT_MOST.sessions + 1),
      browsers: await rows.listBrowsers(read, id),
      passkeys,
      authenticatorApp: totp,
      recoveryCodes: { left: recoveryCodes.left },
      connectedApps: await listGrants(read, id),
      openLinks: await rows.listOpenLinks(read, id, clock()),
    };
  }

  async function keysOf(id: AccountId) {
    const apiKeys = await rows.listApiKeys(read, id, EXPORTED_AT_MOST.apiKeys + 1);
    const ids = apiKeys.slice(0, EXPORTED_AT_MOST.apiKeys).map((key) => key.id);
    return {
      apiKeys,
      apiKeyUsage: await rows.listUsage(read, id, EXPORTED_AT_MOST.apiKeyUsage + 1),
      apiKeySources: await rows.listSources(read, ids),
    };
  }

  async function recordsOf(id: AccountId) {
    const entries = await audit.listAbout(read, id, EXPORTED_AT_MOST.activity + 1);
    return {
      denials: await rows.listDenials(read, id, EXPORTED_AT_MOST.denials + 1),
      alerts: await rows.listAlerts(read, id, EXPORTED_AT_MOST.alerts + 1),
      activity: entries.map((entry) => activityOf(entry, id)),
    };
  }

  async function documentOf(account: AccountWithRoles): Promise<AccountExport> {
    const { id } = account;
    const lists = { ...(await credentialsOf(id)), ...(await keysOf(id)), ...(await recordsOf(id)) };
    return {
      format: 'latchkey.account.1',
      exportedAtMs: clock(),
      account: {
        ...account,
        status: account.status as AccountExport['account']['status'],
        permissions: [...(await readPermissions(read, account.roles))],
      },
      ...lists,
      ...bounded(lists),
    };
  }

  /** Handing it over is an act: it is recorded first, so that the document holds it too. */
  return {
    async take(actor: Actor, id: AccountId): Promise<AccountExport> {
      const isOwn = actor.kind === 'person' && actor.accountId === id;
      if (!isOwn) for (const each of READ_BESIDES) requireToHold(actor, each);
      await storage.transact(async (tx) => {
        const account = await requireWithin(tx, actor, id, 'person');
        await audit.record(tx, actor, 'account.exported', { target: targetOf(account) });
      });
      const account = await findAccount(read, id);
      if (account === null || account.status === 'closed') throw new Problem('not_found');
      return documentOf(account);
    },
  };
}

export type Exports = ReturnType<typeof createExports>;

function requireToHold(actor: Actor, permission: (typeof READ_BESIDES)[number]): void {
  if (holds(actor, permission)) return;
  throw new Problem('permission_missing', {
    detail: `You don't have ${permission}.`,
    denial: { missing: [permission] },
  });
}

type Bounded = Pick<AccountExport, keyof typeof EXPORTED_AT_MOST>;

/** The lists cut to their bounds, and the names of those that were longer. */
function bounded(lists: Bounded): Bounded & Pick<AccountExport, 'incomplete'> {
  const names = Object.keys(EXPORTED_AT_MOST) as (keyof Bounded)[];
  const cut = Object.fromEntries(names.map((name) => [name, lists[name].slice(0, EXPORTED_AT_MOST[name])]));
  const incomplete = names.filter((name) => lists[name].length > EXPORTED_AT_MOST[name]);
  return { ...(cut as Bounded), incomplete };
}
