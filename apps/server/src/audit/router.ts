import { auditListInput, auditPage } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Audit } from './service.ts';

export function auditRouter(rpc: Rpc, audit: Audit) {
  return rpc.router({
    list: rpc
      .permitted('audit:read')
      .meta({ rest: { method: 'GET', path: '/audit', status: 200 } })
      .input(auditListInput)
      .output(auditPage)
      .query(({ input }) => audit.list(input)),
  });
}
