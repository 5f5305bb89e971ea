import type { FastifyReply } from 'fastify';

/** JSON has no charset parameter (RFC 8259, section 11); Fastify adds one wherever no serializer was chosen. */
export function sendText(reply: FastifyReply, type: string, text: string): FastifyReply {
  return reply.serializer(asItIs).type(type).send(text);
}

function asItIs(text: string): string {
  return text;
}
