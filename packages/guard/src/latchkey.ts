import { GuardProblem } from './problems.ts';
import type { Settings } from './options.ts';

/** A key with every permission that there can be takes less. */
const MAX_ANSWER_BYTES = 256 * 1024;

export type Answer = { status: number; body: unknown };

/** Asks Latchkey. Throws `latchkey_unavailable` when no answer comes that can be read. */
export type AskLatchkey = (path: string, init?: { key: string; body: unknown }) => Promise<Answer>;

export function createAskLatchkey({ issuer, timeoutMs }: Pick<Settings, 'issuer' | 'timeoutMs'>): AskLatchkey {
  return async (path, init) => {
    try {
      const response = await fetch(`${issuer}${path}`, {
        ...(init && {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': init.key },
          body: JSON.stringify(init.body),
        }),
        // A redirect would carry keys to another address.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, body: JSON.parse(await readText(response)) as unknown };
    } catch (cause) {
      // Whatever keeps an answer from arriving whole and readable is an outage, as far as the caller goes.
      throw new GuardProblem('latchkey_unavailable', { cause });
    }
  };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > MAX_ANSWER_BYTES) throw new RangeError(`The answer has more than ${MAX_ANSWER_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** For an answer that Latchkey shouldn't have given. */
export function unusable(what: string): GuardProblem {
  return new GuardProblem('latchkey_unavailable', { cause: new Error(`Latchkey's ${what} can't be used.`) });
}
