import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { isFromHere } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import { shareReports } from '../processes/index.ts';
import type { CallContext, Rpc } from '../rpc/index.ts';
import { exposition, EXPOSITION_TYPE } from './exposition.ts';
import { familiesOfAll } from './families-of-all.ts';
import type { Metrics } from './metrics.ts';

export type MetricsRouteNeeds = {
  metrics: Metrics;
  rpc: Pick<Rpc, 'admit'>;
  createContext: (request: FastifyRequest, reply: FastifyReply) => CallContext;
};

const HOW =
  'Send a credential that holds metrics:read. Without one, metrics are for programs on this machine whose address isn’t one of LATCHKEY_TRUSTED_PROXIES.';

/** `/metrics`, for whoever asks from this machine, and for whoever holds `metrics:read`. */
export function registerMetrics(app: FastifyInstance, { metrics, rpc, createContext }: MetricsRouteNeeds): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { method, template, routeOptions } = request;
    metrics.answer(method, template ?? routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime);
    done();
  });
  const reports = shareReports(() => metrics.families());
  app.route({
    method: ['GET', 'HEAD'],
    url: '/metrics',
    async handler(request, reply) {
      if (!isFromHere(request)) await admit(rpc, createContext(request, reply));
      return reply.type(EXPOSITION_TYPE).send(exposition(familiesOfAll(await reports())));
    },
  });
}

async function admit(rpc: MetricsRouteNeeds['rpc'], ctx: CallContext): Promise<void> {
  try {
    await rpc.admit(ctx, 'metrics', 'metrics:read');
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'credential_missing') throw error;
    throw new Problem(error.code, { ...error.facts, detail: HOW });
  }
}
