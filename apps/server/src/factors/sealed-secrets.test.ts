import { ADMIN, codeOfApp, openTestServer } from '@latchkey/testkit';
import { expect, it, onTestFinished } from 'vitest';

const OLDER = 'an older secret of thirty-two bytes or more';
const NEWER = 'a newer secret of thirty-two bytes or more';

it('an authenticator app goes on after the master secret was rotated and the older one dropped', async () => {
  const server = await openTestServer({ environment: { LATCHKEY_SECRET: OLDER } });
  onTestFinished(() => server.close());
  const admin = await server.admin();
  const { secret, enrolment } = await admin.api.factors.startTotp.mutate({});
  await admin.api.factors.confirmTotp.mutate({ enrolment, code: codeOfApp(secret, server.clock.now()) });
  await server.restart({ LATCHKEY_SECRET: `${NEWER},${OLDER}` });
  await server.restart({ LATCHKEY_SECRET: NEWER });
  server.clock.advance(60_000);
  const caller = server.stranger();
  await caller.rest('POST', '/session', ADMIN);
  const code = codeOfApp(secret, server.clock.now());
  expect((await caller.rest('POST', '/session/second-factor', { code })).status).toBe(200);
});
