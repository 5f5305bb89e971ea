import type { App, AppId, PermissionName } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { randomBase62, randomId, sha256 } from '../crypto/index.ts';
import { refuseToExceed } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import { decodeCursor, pageOf, type Reader, type Storage, type Tx } from '../storage/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';
import * as rows from './rows.ts';
import { actsUnasked, isPublicKind, kindOf, permissionsAmong, refuseUnusable, type NewApp } from './rules.ts';

export type AppsNeeds = {
  storage: Storage;
  audit: Audit;
  clock: Clock;
  /** Every permission that there is, of whatever resource. */
  permissionNames: () => Promise<ReadonlySet<PermissionName>>;
};

type AppChange = {
  id: AppId;
  name?: string | undefined;
  redirectUris?: string[] | undefined;
  postLogoutRedirectUris?: string[] | undefined;
  backchannelLogoutUri?: string | null | undefined;
  scopes?: string[] | undefined;
  disabled?: boolean | undefined;
};

type WithSecret = { app: App; clientId: AppId; clientSecret: string | null };

/** Secrets of apps carry a prefix, so that a scanner finds a leaked one. */
const newSecret = () => `lks_${randomBase62(43)}`;

export function createApps({ storage, audit, clock, permissionNames }: AppsNeeds) {
  async function requireKnown(scopes: readonly string[]): Promise<void> {
    const known = await permissionNames();
    const issues = permissionsAmong(scopes).flatMap((name) =>
      known.has(name) ? [] : [{ path: 'scopes', message: `There is no permission ${name}.` }],
    );
    if (issues.length > 0) throw new Problem('input_invalid', { issues });
  }

  async function requireApp(reader: Reader, id: AppId): Promise<rows.AppRow> {
    const app = await rows.findApp(reader, id);
    if (app === null) throw new Problem('not_found');
    return app;
  }

  /** Whoever changes what an app may do unasked, or sees its secret, must hold all that it opens. */
  function refuseBeyond(actor: Actor, app: Pick<rows.AppRow, 'grants' | 'firstParty' | 'scopes'>): void {
    if (actsUnasked(app)) refuseToExceed(actor, permissionsAmong(app.scopes));
  }

  async function changeState(tx: Tx, actor: Actor, app: rows.AppRow, disabled: boolean): Promise<void> {
    if (disabled === (app.disabledAtMs !== null)) return;
    await rows.updateApp(tx, app.id, { disabledAtMs: disabled ? clock() : null });
    await audit.record(tx, actor, disabled ? 'app.disabled' : 'app.enabled', { target: targetOf(app) });
  }

  return {
    /** The secret is in this answer and nowhere else: the row holds its digest. */
    async create(actor: Actor, input: NewApp): Promise<WithSecret> {
      const kind = kindOf(input);
      const isPublic = input.public || isPublicKind(kind);
      refuseUnusable({ ...input, kind, public: isPublic });
      await requireKnown(input.scopes);
      refuseBeyond(actor, input);
      const clientSecret = isPublic || input.jwks ? null : newSecret();
      const row = newRow({ ...input, kind }, clientSecret, clock());
      await storage.transact(async (tx) => {
        await rows.insertApp(tx, row);
        const { grants, scopes, firstParty, redirectUris } = row;
        await audit.record(tx, actor, 'app.created', {
          target: targetOf(row),
          details: { kind, grants, scopes, firstParty, redirectUris },
        });
      });
      return { app: appOf(row, clock()), clientId: row.id, clientSecret };
    },

    async list({ cursor, limit, q }: { cursor?: string | undefined; limit: number; q?: string | undefined }) {
      const found = await rows.listApps(storage.read, q, decodeCursor(cursor), limit + 1);
      return pageOf(found, limit, (row) => appOf(row, clock()));
    },

    async get(id: AppId): Promise<App> {
      return appOf(await requireApp(storage.read, id), clock());
    },

    async update(actor: Actor, { id, disabled, ...given }: AppChange): Promise<{ app: App }> {
      if (given.scopes) await requireKnown(given.scopes);
      return storage.transact(async (tx) => {
        const before = await requireApp(tx, id);
        const changes = changesOf(before, given);
        const after = { ...before, ...changes };
        refuseUnusable({ ...after, public: isPublicKind(after.kind), jwks: after.jwks ?? undefined });
        refuseBeyond(actor, before);
        refuseBeyond(actor, after);
        if (Object.keys(changes).length > 0) {
          await rows.updateApp(tx, id, changes);
          await audit.record(tx, actor, 'app.changed', { target: targetOf(before), details: changes });
        }
        if (disabled !== undefined) await changeState(tx, actor, before, disabled);
        return { app: appOf(await requireApp(tx, id), clock()) };
      });
    },

    /** Everything stays but the secret; the old one works through the grace. */
    async rotate(actor: Actor, id: AppId, graceSeconds: number): Promise<WithSecret> {
      const clientSecret = newSecret();
      const nowMs = clock();
      return storage.transact(async (tx) => {
        const app = await requireApp(tx, id);
        refuseBeyond(actor, app);
        const { secretDigest } = app;
        if (secretDigest === null) throw new Problem('state_conflict', { detail: 'This app has no secret.' });
        const replaced = await rows.replaceSecret(
          tx,
          { ...app, secretDigest },
          {
            secretDigest: sha256(clientSecret),
            previousSecretUntilMs: graceSeconds === 0 ? null : nowMs + graceSeconds * SECOND_MS,
            secretRotatedAtMs: nowMs,
          },
        );
        if (!replaced) throw new Problem('state_conflict', { detail: 'A disabled app’s secret can’t be rotated.' });
        await audit.record(tx, actor, 'app.secret_rotated', { target: targetOf(app), details: { graceSeconds } });
        return { app: appOf(await requireApp(tx, id), nowMs), clientId: id, clientSecret };
      });
    },
  };
}

export type Apps = ReturnType<typeof createApps>;

function targetOf({ id, name }: rows.AppRow) {
  return { kind: 'app', id, name };
}

function newRow(input: NewApp & { kind: rows.AppRow['kind'] }, secret: string | null, nowMs: number): rows.AppRow {
  return {
    id: randomId('app'),
    name: input.name,
    kind: input.kind,
    firstParty: input.firstParty,
    secretDigest: secret === null ? null : sha256(secret),
    previousSecretDigest: null,
    previousSecretUntilMs: null,
    secretRotatedAtMs: null,
    jwks: input.jwks ?? null,
    redirectUris: [...new Set(input.redirectUris)],
    postLogoutRedirectUris: [...new Set(input.postLogoutRedirectUris)],
    backchannelLogoutUri: input.backchannelLogoutUri,
    grants: [...new Set(input.grants)],
    scopes: [...new Set(input.scopes)],
    createdAtMs: nowMs,
    disabledAtMs: null,
    lastUsedAtMs: null,
  };
}

/** Only what would be different afterwards. */
function changesOf(before: rows.AppRow, given: Omit<AppChange, 'id' | 'disabled'>): Partial<rows.AppRow> {
  const entries = Object.entries(given) as [keyof typeof given, unknown][];
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(before[name])),
  );
}

function appOf(row: rows.AppRow, nowMs: number): App {
  const graceLasts = row.previousSecretUntilMs !== null && row.previousSecretUntilMs > nowMs;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    public: isPublicKind(row.kind),
    firstParty: row.firstParty,
    redirectUris: row.redirectUris,
    postLogoutRedirectUris: row.postLogoutRedirectUris,
    backchannelLogoutUri: row.backchannelLogoutUri,
    grants: row.grants,
    scopes: row.scopes,
    hasKeys: row.jwks !== null,
    createdAtMs: row.createdAtMs,
    lastUsedAtMs: row.lastUsedAtMs,
    secretRotatedAtMs: row.secretRotatedAtMs,
    previousSecretUntilMs: graceLasts ? row.previousSecretUntilMs : null,
    status: row.disabledAtMs === null ? 'active' : 'disabled',
  };
}
