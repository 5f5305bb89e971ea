import {
  isOpenidScope,
  OPENID_SCOPES,
  type AccountId,
  type ConsentQuestion,
  type Grant,
  type GrantId,
} from '@latchkey/schemas';

import type { Audit } from '../audit/index.ts';
import { randomId } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { SessionActor } from '../rpc/index.ts';
import type { Reader, Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { nameOf } from './adapter.ts';
import { appOfClientId, type AskingApp } from './asking-app.ts';
import { scopeOfClaim } from './granting.ts';
import { isLive } from './liveness.ts';
import * as rows from './rows.ts';
import { permissionsAsked, type Scopes } from './scopes.ts';

export type ConsentsNeeds = { storage: Storage; audit: Audit; clock: Clock; scopes: Scopes };

/** What the engine wrote down of a request that waits for an answer. */
type Pending = {
  params: { client_id?: string; scope?: string; redirect_uri?: string; claims?: string };
  prompt: { name: string; details?: { missingOIDCClaims?: string[]; clientName?: string } };
  session?: { uid?: string };
  lastSubmission?: object;
};

type Request = { clientId?: string | undefined; scope?: string | undefined; describedAs?: string | undefined };

export type Asked = { app: AskingApp; allows: string[]; lacks: string[] };

/** What a person is asked when an app wants to act for them, and what they answered. */
export function createConsents({ storage, audit, clock, scopes }: ConsentsNeeds) {
  /** The pending request, for the very session in which it was made. Another one's isn't found [B12] [B22]. */
  async function requirePending(reader: Reader, actor: SessionActor, id: string) {
    const state = await rows.findArtifact(reader, nameOf('Interaction', id));
    const pending = state?.artifact.payload as Pending | undefined;
    if (!state || !pending || !isLive(state, clock())) throw new Problem('not_found');
    const isTheirs = pending.session?.uid === actor.credential.id;
    if (!isTheirs || pending.prompt.name !== 'consent') throw new Problem('not_found');
    return { artifact: state.artifact, pending };
  }

  async function askedBy({ clientId = '', scope = '', describedAs }: Request, accountId: AccountId): Promise<Asked> {
    const app = await appOfClientId(storage.read, clientId, describedAs);
    if (app === null) throw new Problem('not_found');
    const held = await scopes.heldBy(accountId);
    const named = scope.split(' ').filter((each) => each !== '');
    const may = permissionsAsked(scope).filter(
      (each) => app.allowedScopes === null || app.allowedScopes.includes(each),
    );
    return {
      app,
      allows: [...named.filter(isOpenidScope), ...may.filter((each) => held.has(each))],
      lacks: may.filter((each) => !held.has(each)),
    };
  }

  async function described(names: readonly string[]) {
    const sentences = await scopes.sentences();
    return names.map((name) => ({
      name,
      description: isOpenidScope(name) ? OPENID_SCOPES[name] : (sentences.get(name) ?? name),
    }));
  }

  async function keep(tx: Tx, actor: SessionActor, { app, allows }: Asked): Promise<void> {
    const before = await rows.findGrantOf(tx, actor.accountId, app.id);
    const nowMs = clock();
    await rows.putGrant(tx, {
      id: randomId('gra'),
      accountId: actor.accountId,
      appId: app.id,
      appName: app.name,
      scopes: [...new Set([...(before?.scopes ?? []), ...allows])],
      createdAtMs: nowMs,
      lastUsedAtMs: nowMs,
    });
    await audit.record(tx, actor, 'grant.created', { target: targetOf(app), details: { scopes: allows } });
  }

  async function questionOf(
    actor: SessionActor,
    { app, allows, lacks }: Asked,
    redirectHost: string | null,
  ): Promise<ConsentQuestion> {
    return {
      app: { id: app.id, name: app.name, documentHost: app.documentHost },
      account: actor.email,
      allows: await described(allows),
      lacks: await described(lacks),
      redirectHost,
    };
  }

  return {
    askedBy,
    questionOf,
    keep,

    async question(actor: SessionActor, id: string): Promise<ConsentQuestion> {
      const { pending } = await requirePending(storage.read, actor, id);
      const asked = await askedBy(requestOf(pending), actor.accountId);
      return questionOf(actor, asked, hostOf(pending.params.redirect_uri ?? ''));
    },

    /** Returns where the browser goes on. */
    async decide(actor: SessionActor, id: string, allow: boolean): Promise<{ next: string }> {
      const { pending } = await requirePending(storage.read, actor, id);
      const asked = await askedBy(requestOf(pending), actor.accountId);
      await storage.transact(async (tx) => {
        const { artifact } = await requirePending(tx, actor, id);
        if (allow) await keep(tx, actor, asked);
        else await audit.record(tx, actor, 'grant.refused', { target: targetOf(asked.app) });
        const result = allow ? { ...pending.lastSubmission, consent: {} } : REFUSED;
        await rows.putArtifact(tx, { ...artifact, payload: { ...artifact.payload, result } });
      });
      return { next: `/oauth/authorize/${id}` };
    },

    async list(accountId: AccountId): Promise<{ items: Grant[] }> {
      const found = await rows.listGrants(storage.read, accountId);
      const items = found.map(async ({ id, appId, appName, scopes: names, createdAtMs, lastUsedAtMs }) => ({
        id,
        appId,
        appName,
        scopes: await described(names),
        createdAtMs,
        lastUsedAtMs,
      }));
      return { items: await Promise.all(items) };
    },

    /** At once: every token that came from it is worth nothing on its next use. */
    async revoke(actor: SessionActor, id: GrantId): Promise<void> {
      await storage.transact(async (tx) => {
        const grant = await rows.deleteGrant(tx, actor.accountId, id);
        if (grant === null) throw new Problem('not_found');
        await rows.deleteOfAccountAndApp(tx, actor.accountId, grant.appId);
        await audit.record(tx, actor, 'grant.revoked', {
          target: { kind: 'app', id: grant.appId, name: grant.appName },
        });
      });
    },
  };
}

export type Consents = ReturnType<typeof createConsents>;

const REFUSED = { error: 'access_denied', error_description: 'The person refused.' };

function requestOf(pending: Pending): Request {
  const { params, prompt } = pending;
  return { clientId: params.client_id, scope: scopeOf(pending), describedAs: prompt.details?.clientName };
}

function scopeOf({ params, prompt }: Pending): string {
  const claims = prompt.details?.missingOIDCClaims ?? [];
  return [...new Set([...(params.scope ?? '').split(' '), ...claims.map(scopeOfClaim)])].join(' ');
}

function targetOf({ id, name }: AskingApp) {
  return { kind: 'app', id, name };
}

/** What of the address tells people whose it is: the host, or the scheme where there is none. */
function hostOf(uri: string): string {
  const url = URL.parse(uri);
  return url?.host || url?.protocol || '';
}
