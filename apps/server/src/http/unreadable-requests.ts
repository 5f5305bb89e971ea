import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { PROBLEMS } from '@latchkey/schemas';
import type { FastifyBaseLogger } from 'fastify';

import { plainAddress } from '../config/index.ts';
import { Problem } from '../problems/index.ts';
import { problemBody } from './problem-answer.ts';

/** Answers what node's parser gave up on: no request and no reply exists then, only the socket. */
export function answerUnreadable(log: FastifyBaseLogger, headers: Readonly<Record<string, string>>) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable || isBeingAnswered(socket)) {
      socket.destroy();
      return;
    }
    const requestId = randomUUID();
    const problem = new Problem(error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'request_malformed');
    const address = plainAddress(socket.remoteAddress ?? '');
    log.info({ requestId, status: PROBLEMS[problem.code].status, reason: error.code, address }, 'request unreadable');
    socket.end(rawAnswer(problem, requestId, headers), () => socket.destroy());
  };
}

/** Node's own handler asks the same: a second answer in the middle of a first one would garble both. */
function isBeingAnswered(socket: Socket & { _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}

function rawAnswer(problem: Problem, requestId: string, headers: Readonly<Record<string, string>>): string {
  const body = JSON.stringify(problemBody(problem, requestId));
  const { status } = PROBLEMS[problem.code];
  const lines = Object.entries({
    ...headers,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${status === 408 ? 'Request Timeout' : 'Bad Request'}`, ...lines, '', body].join('\r\n');
}
