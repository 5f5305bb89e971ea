import type { Me } from '@latchkey/schemas';

import { targetOf, updateAccount, type AccountWithRoles } from '../accounts/index.ts';
import type { Actor, Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import type { CookieSealer } from '../crypto/index.ts';
import type { Devices } from '../devices/index.ts';
import { readPermissions } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';

/** The sealed cookie of a new session, the browser's own where it needs one, and who it is. */
export type SignedIn = { cookie: string; deviceToken: string | null; me: Me };

export type GateNeeds = {
  storage: Storage;
  audit: Audit;
  sessions: Sessions;
  devices: Devices;
  cookies: CookieSealer;
  clock: Clock;
};

/**
 * The gate: the only maker of sessions. Every way of signing in ends here, so whatever keeps somebody out is asked in
 * this one place. `proof` runs in the same transaction, so what works once and the session come about together or not at all.
 */
export function createGate({ storage, audit, sessions, devices, cookies, clock }: GateNeeds) {
  return async function completeSignIn(
    origin: Origin,
    method: 'password' | 'setup' | 'sign_up' | 'invitation' | 'reset',
    proof: (tx: Tx) => Promise<AccountWithRoles>,
  ): Promise<SignedIn> {
    const { account, session, device } = await storage.transact(async (tx) => {
      const proven = await proof(tx);
      if (proven.kind !== 'person' || proven.status !== 'active') throw new Problem('sign_in_failed');
      const prepared = sessions.prepare(proven.id, origin);
      await prepared.write(tx);
      const remembered = await devices.remember(tx, proven.id, origin);
      await updateAccount(tx, proven.id, { lastSignInAtMs: clock() });
      await audit.record(tx, asActor(proven, prepared.id, origin, clock()), 'session.created', {
        target: targetOf(proven),
        details: { method, newDevice: remembered.isNew, userAgent: origin.userAgent },
      });
      return { account: proven, session: prepared, device: remembered };
    });
    const permissions = await readPermissions(storage.read, account.roles);
    return {
      cookie: await cookies.seal(await session.cookie()),
      deviceToken: device.newToken,
      me: {
        kind: 'person',
        id: account.id,
        email: account.email ?? '',
        name: account.name,
        roles: account.roles,
        permissions: [...permissions],
        credential: { kind: 'session', id: session.id },
      },
    };
  };
}

/** The person as the actor of the act by which they came in. */
function asActor(
  account: AccountWithRoles,
  id: ReturnType<Sessions['prepare']>['id'],
  from: Origin,
  nowMs: number,
): Actor {
  return {
    kind: 'person',
    accountId: account.id,
    name: account.name,
    email: account.email,
    roles: account.roles,
    permissions: new Set(),
    credential: { kind: 'session', id, authenticatedAtMs: nowMs },
    from,
  };
}
