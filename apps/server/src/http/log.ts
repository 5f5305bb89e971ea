import cluster from 'node:cluster';

import { destination, pino, type DestinationStream, type Logger } from 'pino';

import type { LogLevel } from '../config/index.ts';

const SECRET_HEADERS = ['authorization', 'cookie', 'set-cookie', 'x-api-key'];

/** JSON lines, with the time in UTC. Secrets are taken out wherever a line may meet one. */
export function createLog(level: LogLevel, output: DestinationStream = (standard ??= standardOutput())): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: timeField,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: { paths: SECRET_HEADERS.flatMap(redactedPaths), censor: '[secret]' },
    },
    output,
  );
}

let lastMs = NaN;
let lastField = '';

/** Many lines fall into one millisecond. */
function timeField(): string {
  const nowMs = Date.now();
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastField = `,"time":"${new Date(nowMs).toISOString()}"`;
  }
  return lastField;
}

let standard: DestinationStream | null = null;

/**
 * In UTF-16 units, of which none takes more than three bytes. Several processes may write to one pipe, and what is longer than
 * 4,096 bytes may mix with another one's (pipe(7)): lines that go together never do, and of single ones only such as a long stack.
 */
const TOGETHER_AT_MOST = cluster.isWorker ? 1_365 : Infinity;

/**
 * Writes the lines of one turn of the event loop together: under load, that is one system call for dozens of requests.
 * Gathered here, since the stream's own `flushSync` waits for the disk where the log is a file.
 */
function standardOutput(): DestinationStream {
  const output = destination({ fd: process.stdout.fd, sync: true });
  let lines = '';
  const flush = () => {
    const text = lines;
    lines = '';
    if (text !== '') output.write(text);
  };
  process.once('exit', flush);
  return {
    write(line) {
      if (lines.length + line.length > TOGETHER_AT_MOST) flush();
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
}

function redactedPaths(header: string): string[] {
  return ['headers', 'req.headers', 'res.headers'].map((parent) => `${parent}["${header}"]`);
}

/** API keys, tokens, links' secrets and digests are all longer than any name or id of ours; recovery codes have a form. */
const SECRET_TEXT = /[\w-]{32,}(?:\.[\w-]+)*|\b(?:[\da-hjkmnp-tv-z]{4}-?){6}\b/gi;

export function withoutSecrets(text: string): string {
  return text.replace(SECRET_TEXT, '[secret]');
}

/** Name, message, code, stack and cause; none of the properties that libraries hang on, such as a query's parameters. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  return {
    type: error.name,
    message: safeText(error.message),
    ...('code' in error && { code: String(error.code) }),
    stack: safeText(error.stack ?? ''),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

/** drizzle writes a failed query's parameters into its message, and with it into the stack. */
function safeText(text: string): string {
  return withoutSecrets(text).replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/, '\nparams: [left out]');
}
