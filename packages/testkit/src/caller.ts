import type { ProblemBody } from '@latchkey/schemas';
import type { AppRouter } from '@latchkey/server/router';
import { createTRPCClient, httpLink, TRPCClientError, type TRPCClient } from '@trpc/client';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
type Request = {
  method: Method;
  url: string;
  headers: Record<string, string>;
  payload?: string;
  remoteAddress?: string;
};
type Response = { statusCode: number; headers: Record<string, string | string[] | number | undefined>; body: string };
/** The part of a Fastify instance that calls it without a socket. */
type Injectable = { inject(request: Request): Promise<Response> };

export type Answer<Body> = { status: number; headers: Response['headers']; body: Body };

/** Somebody who calls the server: keeps the session cookie as a browser would, and says where its changes come from. */
export class Caller {
  /** Sent with every call: a credential, or what a test tries. */
  readonly headers: Record<string, string> = {};
  /** The session cookie's value. */
  cookie: string | null = null;
  /** The socket's other end. */
  remoteAddress = '127.0.0.1';
  /** Typed procedures. */
  readonly api: TRPCClient<AppRouter>;
  readonly #app: Injectable;
  readonly #publicUrl: string;

  constructor(app: Injectable, publicUrl: string) {
    this.#app = app;
    this.#publicUrl = publicUrl;
    this.api = createTRPCClient<AppRouter>({
      links: [httpLink({ url: '/trpc', fetch: (url, options) => this.#fetch(url as string, options) })],
    });
  }

  /** Another one with nothing but this header. */
  with(headers: Record<string, string>): Caller {
    const caller = new Caller(this.#app, this.#publicUrl);
    Object.assign(caller.headers, headers);
    caller.remoteAddress = this.remoteAddress;
    return caller;
  }

  /** A call as it is. A body that isn't text is sent as JSON. */
  async request<Body = Record<string, unknown>>(
    method: Method,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await this.#app.inject({
      method,
      url,
      remoteAddress: this.remoteAddress,
      headers: {
        ...(method === 'GET' ? {} : { origin: this.#publicUrl }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie === null ? {} : { cookie: `__Host-latchkey=${this.cookie}` }),
        ...this.headers,
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    this.#keepCookie(response.headers['set-cookie']);
    return { status: response.statusCode, headers: response.headers, body: bodyOf(response) as Body };
  }

  /** A call under `/api/v1`. */
  rest<Body = Record<string, unknown>>(method: Method, path: string, body?: unknown, headers?: Record<string, string>) {
    return this.request<Body>(method, `/api/v1${path}`, body, headers);
  }

  signIn(email: string, password: string) {
    return this.api.signIn.password.mutate({ email, password });
  }

  async #fetch(url: string, options?: { method?: string; body?: unknown }) {
    const method = options?.method === 'POST' ? 'POST' : 'GET';
    const answer = await this.request<unknown>(method, url, options?.body ?? undefined);
    return { json: async () => answer.body, ok: answer.status < 400, status: answer.status };
  }

  #keepCookie(header: string | string[] | number | undefined): void {
    for (const each of [header ?? []].flat()) {
      const value = /^__Host-latchkey=([^;]*)/.exec(String(each))?.[1];
      if (value !== undefined) this.cookie = value === '' ? null : value;
    }
  }
}

function bodyOf({ headers, body }: Response): unknown {
  const isJson = /\bjson\b/.test(String(headers['content-type']));
  return isJson ? JSON.parse(body) : body;
}

/** The problem that a procedure was refused with; throws when it wasn't refused. */
export async function problemOf(call: Promise<unknown>): Promise<ProblemBody> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error;
    return (error as TRPCClientError<AppRouter>).data?.problem ?? Promise.reject(error);
  }
  throw new Error('The call was not refused');
}
