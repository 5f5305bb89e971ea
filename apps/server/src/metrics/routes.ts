import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { isFromHere } from '../http/index.ts';
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
      if (!isFromHere(request)) await rpc.admit(createContext(request, reply), 'metrics', 'metrics:read');
      return reply.type(EXPOSITION_TYPE).send(exposition(familiesOfAll(await reports())));
    },
  });
}
