import { denialInput, denialListInput, denialPage, keptDenial } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Denials } from './service.ts';

export function denialsRouter(rpc: Rpc, denials: Denials) {
  return rpc.router({
    list: rpc
      .permitted('audit:read')
      .meta({ rest: { method: 'GET', path: '/denials', status: 200 } })
      .input(denialListInput)
      .output(denialPage)
      .query(({ input }) => denials.list(input)),
    get: rpc
      .permitted('audit:read')
      .meta({ rest: { method: 'GET', path: '/denials/{id}', status: 200 } })
      .input(denialInput)
      .output(keptDenial)
      .query(({ input }) => denials.get(input.id)),
  });
}
