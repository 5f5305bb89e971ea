import { me, noInput, type Me } from '@latchkey/schemas';

import type { AccountActor } from '../actors/index.ts';
import type { Rpc } from '../rpc/index.ts';

/** Who the call acts as. */
export function whoAmI(rpc: Rpc) {
  return rpc.withoutFactor.authenticated
    .meta({ rest: { method: 'GET', path: '/me', status: 200 } })
    .input(noInput)
    .output(me)
    .query(({ ctx }) => meOf(ctx.actor));
}

function meOf({ kind, accountId, email, name, roles, permissions, credential, lacksFactor }: AccountActor): Me {
  return {
    kind,
    id: accountId,
    ...(email === null ? {} : { email }),
    name,
    roles: [...roles],
    permissions: [...permissions],
    credential: { kind: credential.kind, id: credential.id },
    ...(lacksFactor && { secondFactorDueAtMs: lacksFactor.fromMs }),
  };
}
