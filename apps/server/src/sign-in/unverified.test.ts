import type { ProblemBody } from '@latchkey/schemas';
import { ADMIN, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time/index.ts';

const ADA = { email: 'ada@example.com', password: 'a good password' };

let server: TestServer;
let admin: Caller;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
  await admin.api.users.create.mutate(ADA);
});
afterEach(() => server.close());

const letInVerifiedOnly = () => admin.api.settings.update.mutate({ verifiedOnly: true });

async function verify(caller: Caller, email: string): Promise<void> {
  await caller.api.email.verify.mutate({ token: await server.tokenMailedTo(email) });
}

async function verifyAdmin(): Promise<void> {
  await admin.api.email.askToVerify.mutate({});
  await verify(admin, ADMIN.email);
}

const signIn = (password = ADA.password) =>
  server.stranger().rest<ProblemBody>('POST', '/session', { ...ADA, password });

describe('somebody whose address isn’t verified', () => {
  it('signs in all the same until an admin says otherwise', async () => {
    expect((await signIn()).status).toBe(200);
  });

  it('is mailed a link after the right password, and comes in once it was opened', async () => {
    await verifyAdmin();
    await letInVerifiedOnly();
    const refused = await signIn();
    expect([refused.status, refused.body.code, refused.headers['set-cookie']]).toEqual([
      403,
      'email_unverified',
      undefined,
    ]);
    expect(await server.mailTo(ADA.email)).toHaveLength(1);
    await verify(server.stranger(), ADA.email);
    expect((await signIn()).status).toBe(200);
    const { items } = await admin.api.audit.list.query({ act: 'sign_in.failed' });
    const details = { email: ADA.email, reason: 'email_unverified' };
    expect(items).toMatchObject([{ target: { name: ADA.email }, details }]);
  });

  it('is nobody to a stranger: a wrong password is answered as ever, and mails nothing [V6.3.8]', async () => {
    await verifyAdmin();
    await letInVerifiedOnly();
    const { body } = await signIn('wrong');
    const unknown = await server.stranger().rest('POST', '/session', { email: 'x@example.com', password: 'wrong' });
    expect({ ...body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    expect(await server.mailTo(ADA.email)).toEqual([]);
  });

  it('gets three mails however often the password is right, which forgives no guess either', async () => {
    await verifyAdmin();
    await letInVerifiedOnly();
    const codes = [];
    for (let tries = 0; tries < 11; tries += 1) codes.push((await signIn()).body.code);
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 'email_unverified'), 'rate_limited']);
    expect(await server.mailTo(ADA.email)).toHaveLength(3);
  });
});

describe('letting in verified addresses alone', () => {
  it('is for an admin whose own is: nobody locks themselves out', async () => {
    const problem = await problemOf(letInVerifiedOnly());
    expect([problem.code, problem.detail]).toEqual(['email_unverified', expect.stringContaining('your profile')]);
    expect((await admin.api.settings.get.query()).verifiedOnly).toBe(false);
    await verifyAdmin();
    expect(await letInVerifiedOnly()).toMatchObject({ verifiedOnly: true });
    const { items } = await admin.api.audit.list.query({ act: 'settings.changed' });
    expect(items).toMatchObject([{ details: { verifiedOnly: { from: false, to: true } } }]);
    server.clock.advance(16 * MINUTE_MS);
    const stale = await problemOf(admin.api.settings.update.mutate({ verifiedOnly: false }));
    expect(stale.code).toBe('fresh_sign_in_needed');
  });

  it('holds for those who were there before, and an invitation proves the address', async () => {
    await verifyAdmin();
    await letInVerifiedOnly();
    const { invitationLink } = await admin.api.users.create.mutate({ email: 'new@example.com' });
    const person = server.stranger();
    const token = invitationLink?.split('#')[1] ?? '';
    await person.api.invitations.accept.mutate({ token, name: 'New', password: ADA.password });
    expect(await person.api.email.get.query()).toEqual({ email: 'new@example.com', verified: true });
    const again = server.stranger();
    await expect(again.signIn('new@example.com', ADA.password)).resolves.toMatchObject({ kind: 'person' });
  });
});
