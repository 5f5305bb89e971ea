import { readAuthorization } from '@latchkey/credentials';

import { GuardProblem } from './problems.ts';

/** The headers of a web `Request`, or of Node's. */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a guard looks at: the request itself in most frameworks, or a context that holds its headers. */
export type GuardedRequest = {
  headers: RequestHeaders;
  /** Node's, where every repetition of a header shows. */
  rawHeaders?: readonly string[] | undefined;
  /**
   * Where the call comes from, for API keys that work from some networks alone. Behind a proxy, let your framework work it
   * out: whoever could choose this text could use a stolen key from anywhere. Without it such keys are refused.
   */
  ip?: string | undefined;
};

export type Presented = { kind: 'api_key' | 'access_token'; text: string };

/** The one credential. Two are refused, since two parts of a system could each believe a different one. */
export function readCredential(request: GuardedRequest): Presented {
  const [presented, ...more] = [
    ...valuesOf(request, 'authorization').map(readBearer),
    ...valuesOf(request, 'x-api-key').map((text): Presented => ({ kind: 'api_key', text })),
  ];
  if (presented === undefined) throw new GuardProblem('credential_missing');
  if (more.length > 0) throw new GuardProblem('credential_ambiguous');
  return presented;
}

function readBearer(header: string): Presented {
  const presented = readAuthorization(header);
  if (presented === null) throw new GuardProblem('token_invalid');
  return presented;
}

/** Each time that it comes. Joined ones (RFC 9110 section 5.3) are told by the comma, which no credential holds. */
function valuesOf({ headers, rawHeaders }: GuardedRequest, name: string): string[] {
  const values = rawHeaders
    ? rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
    : [read(headers, name) ?? []].flat();
  return values.flatMap((value) => value.split(/, */));
}

function read(headers: RequestHeaders, name: string): string | readonly string[] | null | undefined {
  return isWebHeaders(headers) ? headers.get(name) : headers[name];
}

function isWebHeaders(headers: RequestHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}
