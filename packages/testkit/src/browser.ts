import { ADMIN } from './first-admin.ts';
import type { TestServer } from './open-test-server.ts';

type Cookie = { value: string; path: string };
export type Page = { status: number; url: string; body: string; headers: Record<string, string> };

/** Somebody at a browser: keeps cookies as one does, by path, and follows redirects as long as they stay on the server. */
export class Browser {
  readonly cookies = new Map<string, Cookie>();
  readonly #server: TestServer;

  constructor(server: TestServer) {
    this.#server = server;
  }

  /** Signs in, as the page would. */
  async signIn(email = ADMIN.email, password = ADMIN.password): Promise<void> {
    const page = await this.request('POST', '/trpc/signIn.password', { email, password });
    if (page.status !== 200) throw new Error(`${email} can't sign in: ${page.body}`);
  }

  /** Opens an address, and where it leads. A redirect to elsewhere isn't followed: `url` is that place then. */
  async open(url: string): Promise<Page> {
    const page = await this.request('GET', url);
    const { location } = page.headers;
    if (page.status < 300 || page.status > 399 || location === undefined) return page;
    const next = new URL(location, new URL(url, this.#server.publicUrl));
    if (next.origin !== this.#server.publicUrl) return { ...page, url: next.href };
    return this.open(next.pathname + next.search);
  }

  /**
   * Presses a button of the page that an app's sign-out leads to. The answer's `location` is where that goes on. The cookies
   * stay as they were, so that what is asked next shows whether the session itself has ended.
   */
  async confirmSignOut({ body }: Page, answer: Record<string, string> = { logout: 'yes' }): Promise<Page> {
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(body) ?? [];
    const before = [...this.cookies];
    const page = await this.request('POST', '/oauth/sign-out/confirm', new URLSearchParams({ xsrf, ...answer }));
    for (const [name, cookie] of before) this.cookies.set(name, cookie);
    return page;
  }

  /** One call, without following anything. A body is sent as JSON, or as the form that it is. */
  async request(method: 'GET' | 'POST', url: string, body?: object): Promise<Page> {
    const { pathname, search } = new URL(url, this.#server.publicUrl);
    const response = await this.#server.app.inject({
      method,
      url: pathname + search,
      headers: {
        accept: 'text/html,application/json',
        cookie: this.#cookiesFor(pathname),
        ...(method === 'POST' && { origin: this.#server.publicUrl, 'content-type': typeOf(body) }),
      },
      ...(body && { payload: body instanceof URLSearchParams ? body.toString() : JSON.stringify(body) }),
    });
    this.#keep(response.headers['set-cookie']);
    return {
      status: response.statusCode,
      url: new URL(url, this.#server.publicUrl).href,
      body: response.body,
      headers: response.headers as Record<string, string>,
    };
  }

  /** What a procedure answers to this browser. */
  async call<Answer>(kind: 'query' | 'mutation', procedure: string, input: object = {}): Promise<Answer> {
    const page =
      kind === 'query'
        ? await this.request('GET', `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`)
        : await this.request('POST', `/trpc/${procedure}`, input);
    const answer = JSON.parse(page.body) as {
      result?: { data: Answer };
      error?: { data: { problem: { code: string } } };
    };
    if (!answer.result) throw new Error(answer.error?.data.problem.code ?? page.body);
    return answer.result.data;
  }

  #cookiesFor(pathname: string): string {
    const fitting = [...this.cookies].filter(([, { path }]) => path === '/' || `${pathname}/`.startsWith(`${path}/`));
    return fitting.map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  #keep(header: string | string[] | undefined): void {
    for (const text of [header ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      const path = /;\s*path=([^;]+)/i.exec(text)?.[1] ?? '/';
      if (value === '' || /expires=Thu, 01 Jan 1970|max-age=0/i.test(text)) this.cookies.delete(name);
      else this.cookies.set(name, { value, path });
    }
  }
}

function typeOf(body: object | undefined): string {
  return body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json';
}
