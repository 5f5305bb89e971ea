import { createVerifier, type GuardProblem } from '@latchkey/guard/verify';
import type { FastifyInstance, FastifyReply } from 'fastify';

import { newNote, type Notes } from './notes.ts';
import type { Settings } from './settings.ts';

/** The same notes without tRPC. */
export function registerRest(app: FastifyInstance, notes: Notes, { latchkey }: Settings): void {
  const { verify } = createVerifier(latchkey);

  app.get('/notes', async (request, reply) => {
    const verified = await verify(request, { requires: 'notes:read' });
    return verified.ok ? notes.list(verified.caller.id) : refuse(reply, verified.problem);
  });

  app.post('/notes', async (request, reply) => {
    const verified = await verify(request, { requires: 'notes:write' });
    if (!verified.ok) return refuse(reply, verified.problem);
    const input = newNote.safeParse(request.body);
    if (!input.success) return reply.code(400).send({ message: 'Send { "text": … }.' });
    return reply.code(201).send(notes.add(verified.caller.id, input.data));
  });
}

function refuse(reply: FastifyReply, { status, headers, body }: GuardProblem): FastifyReply {
  return reply.code(status).headers(headers).type('application/problem+json').send(JSON.stringify(body));
}
