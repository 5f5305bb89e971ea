import { createdToken, createTokenInput } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Tokens } from './service.ts';

export function tokensRouter(rpc: Rpc, tokens: Tokens) {
  return rpc.router({
    create: rpc
      .authenticatedBy(['session', 'api_key'])
      .meta({ rest: { method: 'POST', path: '/tokens', status: 201 } })
      .input(createTokenInput)
      .output(createdToken)
      .mutation(({ ctx, input }) => tokens.create(ctx.actor, input)),
  });
}
