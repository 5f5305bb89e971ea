import type { FastifyInstance } from 'fastify';

/**
 * `/healthz`: the process lives. `/readyz`: it can also do its work; `check` throws the problem that keeps it from that.
 */
export function registerHealth(app: FastifyInstance, check: () => Promise<void>): void {
  const methods = ['GET', 'HEAD'];
  app.route({ method: methods, url: '/healthz', handler: async () => ({ status: 'ok' }) });
  app.route({
    method: methods,
    url: '/readyz',
    handler: async () => {
      await check();
      return { status: 'ready' };
    },
  });
}
