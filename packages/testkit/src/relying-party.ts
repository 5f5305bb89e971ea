import * as openid from 'openid-client';

import type { Browser, Page } from './browser.ts';
import type { TestServer } from './open-test-server.ts';

export { Browser } from './browser.ts';

/** The server as `fetch` reaches it, for clients that know nothing of tests. */
export function fetchOf(server: TestServer): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    const payload = await request.text();
    const response = await server.app.inject({
      method: request.method as 'GET',
      url: pathname + search,
      headers: { ...Object.fromEntries(request.headers), host: new URL(request.url).host },
      ...(payload !== '' && { payload }),
    });
    const headers = Object.entries(response.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((each) => [name, String(each)] as [string, string]),
    );
    return new Response(response.body === '' ? null : response.body, { status: response.statusCode, headers });
  };
}

export type AppInput = {
  name?: string;
  redirectUris?: string[];
  grants?: string[];
  scopes?: string[];
  public?: boolean;
  firstParty?: boolean;
  [more: string]: unknown;
};

/** An app with `openid-client`, unmodified, and a person's browser beside it. */
export class RelyingParty {
  readonly config: openid.Configuration;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly redirectUri: string;
  readonly #server: TestServer;

  private constructor(server: TestServer, config: openid.Configuration, made: Made, redirectUri: string) {
    this.#server = server;
    this.config = config;
    this.clientId = made.clientId;
    this.clientSecret = made.clientSecret;
    this.redirectUri = redirectUri;
  }

  /** Makes the app as an admin, and lets it discover the server. */
  static async register(server: TestServer, input: AppInput = {}, auth?: openid.ClientAuth): Promise<RelyingParty> {
    const redirectUri = input.redirectUris?.[0] ?? 'https://app.example.com/callback';
    const admin = await server.admin();
    const body = { name: 'Notes app', redirectUris: [redirectUri], ...input };
    const made = await admin.rest<Made>('POST', '/apps', body);
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    const { clientId, clientSecret } = made.body;
    const config = await openid.discovery(new URL(server.publicUrl), clientId, clientSecret ?? undefined, auth, {
      execute: [openid.allowInsecureRequests],
      [openid.customFetch]: fetchOf(server) as openid.CustomFetch,
    });
    return new RelyingParty(server, config, made.body, redirectUri);
  }

  /** Where the browser is sent to begin, and what the app keeps until it comes back. */
  async begin(parameters: Record<string, string> = {}) {
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const url = openid.buildAuthorizationUrl(this.config, {
      redirect_uri: this.redirectUri,
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      ...parameters,
    });
    return { url: url.href, verifier, state };
  }

  /** Goes all the way to the address that the app gets back: signs in is assumed, consent is given where it is asked for. */
  async authorize(browser: Browser, parameters: Record<string, string> = {}) {
    const begun = await this.begin(parameters);
    return { ...begun, callback: (await goThrough(browser, begun.url)).url };
  }

  redeem({ callback, verifier, state, nonce }: { callback: string; verifier: string; state: string; nonce?: string }) {
    return openid.authorizationCodeGrant(this.config, new URL(callback), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      ...(nonce !== undefined && { expectedNonce: nonce }),
    });
  }

  /** Everything until the tokens. */
  async connect(browser: Browser, parameters: Record<string, string> = {}) {
    return this.redeem(await this.authorize(browser, parameters));
  }

  /** A post to the token endpoint as it is, with the app's secret unless told otherwise. */
  async post(
    path: string,
    form: Record<string, string>,
    authorization: string | null = this.basic(),
    more: Record<string, string> = {},
  ) {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization !== null && { authorization }),
      ...more,
    };
    const payload = new URLSearchParams(form).toString();
    const response = await this.#server.app.inject({ method: 'POST', url: path, headers, payload });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: (response.body === '' ? {} : JSON.parse(response.body)) as Record<string, unknown>,
    };
  }

  basic(secret = this.clientSecret ?? ''): string {
    return `Basic ${Buffer.from(`${this.clientId}:${secret}`).toString('base64')}`;
  }
}

type Made = { clientId: string; clientSecret: string | null };

/** Follows an authorization request through our pages: allows what is asked. */
export async function goThrough(browser: Browser, url: string, allow = true): Promise<Page> {
  const page = await browser.open(url);
  const [, id] = /\/consent\/([\w-]+)$/.exec(page.url) ?? [];
  if (id === undefined) return page;
  const { next } = await browser.call<{ next: string }>('mutation', 'consent.decide', { id, allow });
  return goThrough(browser, next, allow);
}
