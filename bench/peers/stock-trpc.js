import { initTRPC, TRPCError } from '@trpc/server';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { fastify } from 'fastify';
import { generateKeyPair, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod/mini';

import { INFO, PERSON, port } from './common.js';

/** The same two procedures as ours, on tRPC's own Fastify adapter, with jose in the middleware and no database. */

const { publicKey, privateKey } = await generateKeyPair('ES256');
const trpc = initTRPC.context().create({ isDev: false });
const info = z.object({ needsSetup: z.boolean(), signUpOpen: z.boolean(), url: z.string() });
const me = z.object({ id: z.string(), email: z.string(), name: z.string(), permissions: z.array(z.string()) });

const guarded = trpc.procedure.use(async ({ ctx, next }) => {
  const [, token] = /^Bearer (\S+)$/.exec(ctx.authorization ?? '') ?? [];
  if (token === undefined) throw new TRPCError({ code: 'UNAUTHORIZED' });
  const { payload } = await jwtVerify(token, publicKey, { algorithms: ['ES256'], audience: 'bench', issuer: 'bench' });
  return next({ ctx: { claims: payload } });
});

const router = trpc.router({
  server: { info: trpc.procedure.output(info).query(() => INFO.result.data) },
  me: {
    get: guarded
      .output(me)
      .query(({ ctx }) => ({ ...PERSON, id: ctx.claims.sub, permissions: ctx.claims.scope.split(' ') })),
  },
});

const token = await new SignJWT({ scope: 'api_keys:read api_keys:write' })
  .setProtectedHeader({ alg: 'ES256' })
  .setSubject('person-0')
  .setIssuer('bench')
  .setAudience('bench')
  .setIssuedAt()
  .setExpirationTime('1h')
  .sign(privateKey);

const app = fastify();
app.register(fastifyTRPCPlugin, {
  prefix: '/trpc',
  trpcOptions: { router, createContext: ({ req }) => ({ authorization: req.headers.authorization }) },
});
app.get('/credentials', async () => ({ jwt: token }));
await app.listen({ port, host: '127.0.0.1' });
