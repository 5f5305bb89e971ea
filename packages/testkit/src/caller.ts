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

const SESSION_COOKIE = '__Host-latchkey';

/** Somebody who calls the server: keeps cookies as a browser would, and says where its changes come from. */
export class Caller {
  /** Sent with every call: a credential, or what a test tries. */
  readonly headers: Record<string, string> = {};
  /** Every cookie that it was given, by name. */
  readonly cookies = new Map<string, string>();
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

  /** The session cookie's value. */
  get cookie(): string | null {
    return this.cookies.get(SESSION_COOKIE) ?? null;
  }

  set cookie(value: string | null) {
    if (value === null) this.cookies.delete(SESSION_COOKIE);
    else this.cookies.set(SESSION_COOKIE, value);
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
        ...(this.cookies.size === 0 ? {} : { cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') }),
        ...this.headers,
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    this.#keepCookies(response.headers['set-cookie']);
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

  #keepCookies(header: string | string[] | number | undefined): void {
    for (const each of [header ?? []].flat()) {
      const [, name = '', value] = /^([^=]+)=([^;]*)/.exec(String(each)) ?? [];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
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
