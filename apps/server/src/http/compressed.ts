import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { sendText } from './send-text.ts';

const gzipped = promisify(gzip);

/** Shorter ones fit into a packet as they are. */
const MIN_LENGTH = 1024;

/**
 * Sends JSON, smaller where that is worth it. For answers to GET that hold lists and no secret: the length of a compressed
 * answer that holds both a secret and something of the caller's choice tells about the secret (BREACH).
 */
export async function sendListJson(reply: FastifyReply, text: string): Promise<FastifyReply> {
  reply.header('vary', 'accept-encoding');
  if (text.length < MIN_LENGTH || !acceptsEncoding(reply.request, 'gzip')) return sendJson(reply, text);
  const body = await gzipped(text, { level: 4 });
  return reply.header('content-encoding', 'gzip').type('application/json').send(body);
}

export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return sendText(reply, 'application/json', text);
}

export function acceptsEncoding({ headers }: FastifyRequest, encoding: string): boolean {
  const offers = (headers['accept-encoding'] ?? '').split(',');
  return offers.some((offer) => {
    const [name = '', weight = ''] = offer.split(';');
    return name.trim().toLowerCase() === encoding && !/^\s*q=0(\.0*)?\s*$/.test(weight);
  });
}
