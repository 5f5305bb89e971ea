import { noInput, rotatedSigningKey, signingKeyList } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { SigningKeys } from './service.ts';

export function signingKeysRouter(rpc: Rpc, signingKeys: SigningKeys) {
  return rpc.router({
    list: rpc
      .permitted('settings:read')
      .meta({ rest: { method: 'GET', path: '/signing-keys', status: 200 } })
      .input(noInput)
      .output(signingKeyList)
      .query(async () => ({ items: await signingKeys.list() })),
    rotate: rpc
      .permitted('settings:write', { credentials: ['session'], fresh: '15m' })
      .meta({ rest: { method: 'POST', path: '/signing-keys/rotate', status: 200 } })
      .input(noInput)
      .output(rotatedSigningKey)
      .mutation(({ ctx }) => signingKeys.rotate(ctx.actor)),
  });
}
