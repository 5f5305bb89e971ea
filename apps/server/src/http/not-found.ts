import type { FastifyReply, FastifyRequest } from 'fastify';

import { Problem } from '../problems/index.ts';
import { plainPage } from './plain-page.ts';
import { sendProblem } from './problem-answer.ts';

const FOR_PROGRAMS = /^\/(?:api|trpc|oauth|forward-auth|\.well-known)(?:\/|$)/;

const NOT_FOUND_PAGE = plainPage({
  title: 'There is no page here',
  body: ['The address may be mistyped, or the page was moved.'],
});

/** People read a page, programs a problem. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isReader = request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
  if (!isReader || FOR_PROGRAMS.test(request.originalUrl)) return sendProblem(reply, new Problem('not_found'));
  return reply.code(404).type('text/html; charset=utf-8').send(NOT_FOUND_PAGE);
}
