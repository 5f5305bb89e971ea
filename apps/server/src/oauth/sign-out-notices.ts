import type { AccountId, AppId, SessionId } from '@latchkey/schemas';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

import type { Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import * as rows from './rows.ts';

/** The engine's session, as far as it says by which name each app knows it. */
type Shadow = { authorizations?: Record<string, { sid?: string }> };

/** Whatever ends sessions writes down with it which of our apps are to be told (OpenID Connect Back-Channel Logout 1.0). */
export async function noteSignOuts(tx: Tx, sessionIds: readonly SessionId[], nowMs: number): Promise<void> {
  for (const { accountId, payload } of await rows.listShadows(tx, sessionIds)) {
    if (accountId !== null) await note(tx, accountId, sidsIn(payload), nowMs);
  }
}

function sidsIn({ authorizations = {} }: Shadow): Map<string, string> {
  return new Map(Object.entries(authorizations).flatMap(([appId, { sid }]) => (sid ? [[appId, sid]] : [])));
}

/** Apps that describe themselves aren't told: any visitor could have us call on any address. */
async function note(tx: Tx, accountId: AccountId, sids: ReadonlyMap<string, string>, nowMs: number): Promise<void> {
  const listening = await rows.listListeningApps(tx, [...sids.keys()] as AppId[]);
  const notices = listening.map((appId) => ({ id: sids.get(appId) ?? '', appId, accountId }));
  await rows.insertNotices(
    tx,
    notices.map((each) => ({ ...each, tries: 0, nextTryAtMs: nowMs })),
  );
}

type TakeOverNeeds = { storage: Storage; clock: Clock; currentCtx: () => KoaContextWithOIDC | undefined };
type ListeningClient = { clientId: string; backchannelLogout(accountId: string, sid: string): Promise<void> };

/**
 * The engine would tell the apps while the browser waits, once, and only of sign-outs that apps began. Returns how one is told.
 * What the engine itself would tell is left to the end of the session, but where the person stays signed in and one app alone goes.
 */
export function takeOverNotices(provider: Provider, { storage, clock, currentCtx }: TakeOverNeeds) {
  const prototype = provider.Client.prototype as unknown as ListeningClient;
  const tell = prototype.backchannelLogout;
  prototype.backchannelLogout = async function noteOne(accountId, sid) {
    const endsSession = currentCtx()?.oidc.params?.['logout'] !== undefined;
    if (endsSession) return;
    const sids = new Map([[this.clientId, sid]]);
    await storage.transact((tx) => note(tx, accountId as AccountId, sids, clock()));
  };

  return async ({ appId, accountId, id }: rows.NoticeRow): Promise<void> => {
    const client = await provider.Client.find(appId);
    if (client?.backchannelLogoutUri) await tell.call(client as unknown as ListeningClient, accountId, id);
  };
}
