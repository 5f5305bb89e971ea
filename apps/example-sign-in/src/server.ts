import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import * as openid from 'openid-client';

import type { Settings } from './settings.ts';
import { createVisitors, type SignedIn } from './visitors.ts';

/** An app in which people sign in by OpenID Connect: the code flow with PKCE, renewal, userinfo and sign-out. */
export async function createServer({ url, issuer, clientId, clientSecret }: Settings): Promise<FastifyInstance> {
  // Without TLS on this machine alone.
  const execute = new URL(issuer).protocol === 'http:' ? [openid.allowInsecureRequests] : [];
  const config = await openid.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute });
  const visitors = createVisitors();
  const app = fastify();

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof openid.ResponseBodyError || error instanceof openid.AuthorizationResponseError)
      return reply.code(401).send({ error: error.error });
    if (error instanceof openid.ClientError) return reply.code(400).send({ error: error.code });
    throw error;
  });

  app.get('/', (request) => ({ subject: visitors.find(request).signedIn?.subject ?? null }));

  app.get('/sign-in', async (request, reply) => {
    const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
    visitors.keep(request, reply, { begun: { verifier, state, nonce } });
    const authorize = openid.buildAuthorizationUrl(config, {
      redirect_uri: `${url}/callback`,
      scope: 'openid profile email',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return reply.redirect(authorize.href);
  });

  app.get('/callback', async (request, reply) => {
    const { begun } = visitors.find(request);
    if (!begun) return reply.code(400).send({ error: 'no sign-in is under way here' });
    const tokens = await openid.authorizationCodeGrant(config, new URL(request.url, url), {
      pkceCodeVerifier: begun.verifier,
      expectedState: begun.state,
      expectedNonce: begun.nonce,
      idTokenExpected: true,
    });
    const subject = tokens.claims()?.sub ?? '';
    visitors.keep(request, reply, { signedIn: { subject, ...held(tokens) } });
    return reply.redirect('/');
  });

  app.get('/userinfo', async (request, reply) => {
    const { signedIn } = visitors.find(request);
    if (!signedIn) return refuse(reply);
    return openid.fetchUserInfo(config, signedIn.accessToken, signedIn.subject);
  });

  app.post('/refresh', async (request, reply) => {
    const { signedIn } = visitors.find(request);
    if (!signedIn) return refuse(reply);
    const tokens = await openid.refreshTokenGrant(config, signedIn.refreshToken);
    visitors.keep(request, reply, { signedIn: { ...signedIn, ...held(tokens, signedIn) } });
    return { renewed: tokens.access_token !== signedIn.accessToken };
  });

  app.get('/sign-out', (request, reply) => {
    const { signedIn } = visitors.find(request);
    visitors.keep(request, reply, {});
    const end = openid.buildEndSessionUrl(config, {
      post_logout_redirect_uri: url,
      ...(signedIn && { id_token_hint: signedIn.idToken }),
    });
    return reply.redirect(end.href);
  });

  return app;
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.code(401).send({ error: 'sign in first' });
}

function held(tokens: openid.TokenEndpointResponse, before?: SignedIn): Omit<SignedIn, 'subject'> {
  return {
    idToken: tokens.id_token ?? before?.idToken ?? '',
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? before?.refreshToken ?? '',
  };
}
