import { createGuard } from '@latchkey/guard';
import { initTRPC } from '@trpc/server';
import { fastifyTRPCPlugin, type CreateFastifyContextOptions } from '@trpc/server/adapters/fastify';
import fastify, { type FastifyInstance } from 'fastify';

import { createNotes, newNote } from './notes.ts';
import { registerRest } from './rest.ts';
import type { Settings } from './settings.ts';

const createContext = ({ req }: CreateFastifyContextOptions) => ({ headers: req.headers, ip: req.ip });

export function createServer(settings: Settings): FastifyInstance {
  const notes = createNotes();
  const t = initTRPC.context<typeof createContext>().create();
  const guard = createGuard(settings.latchkey);

  const router = t.router({
    list: t.procedure.concat(guard.requires('notes:read')).query(({ ctx }) => notes.list(ctx.caller.id)),
    add: t.procedure
      .concat(guard.requires('notes:write'))
      .input(newNote)
      .mutation(({ ctx, input }) => notes.add(ctx.caller.id, input)),
  });

  const app = fastify();
  const trpcOptions = { router, createContext, responseMeta: guard.responseMeta };
  void app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions });
  registerRest(app, notes, settings);
  return app;
}
