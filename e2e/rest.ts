import type { ServerProcess } from '@latchkey/testkit/server-process';

export type Person = { email: string; password: string };

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type Answer<Body> = { status: number; body: Body };

/** Calls under `/api/v1` with one credential; a path under `/trpc/` reaches the procedures that REST doesn't have. */
export type Rest = <Body = Record<string, unknown>>(
  method: Method,
  path: string,
  body?: unknown,
) => Promise<Answer<Body>>;

function restWith({ url }: ServerProcess, headers: Record<string, string>): Rest {
  return async <Body>(method: Method, path: string, body?: unknown) => {
    const response = await fetch(`${url}${path.startsWith('/trpc/') ? '' : '/api/v1'}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text || 'null') as Body };
  };
}

/** As a program with a key. */
export function withKey(server: ServerProcess, secret: string): Rest {
  return restWith(server, { 'x-api-key': secret });
}

/** The answer to a sign-in without a browser. */
export function signInByRest(server: ServerProcess, person: Person, headers: Record<string, string> = {}) {
  return fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, ...headers },
    body: JSON.stringify(person),
  });
}

/** As a person, without a browser: for what a journey needs beforehand and doesn't show. */
export async function signedInByRest(server: ServerProcess, person: Person): Promise<Rest> {
  const response = await signInByRest(server, person);
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (!response.ok || cookie === undefined) throw new Error(`${person.email} can't sign in: ${await response.text()}`);
  return insisting(restWith(server, { cookie, origin: server.url }));
}

/** What a journey needs beforehand must not fail silently. */
function insisting(rest: Rest): Rest {
  return async <Body>(method: Method, path: string, body?: unknown) => {
    const answer = await rest<Body>(method, path, body);
    if (answer.status < 400) return answer;
    throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  };
}
