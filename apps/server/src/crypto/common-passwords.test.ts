import { dictionary } from '@zxcvbn-ts/language-common';
import { ADMIN, openTestServer, problemOf, proceduresOf, type TestServer } from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Problem } from '../problems/index.ts';

const COMMON = 'TrustNo1';
/** The most frequent first. */
const COMMONEST = dictionary['passwords-common'].slice(0, 3_000);

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

async function tokenOf(link: Promise<string | null>): Promise<string> {
  return (await link)?.split('#')[1] ?? '';
}

/** Every road on which somebody chooses a password, with one that can't be had. */
const ROADS: Readonly<Record<string, (password: string) => Promise<unknown>>> = {
  'setup.complete': async (password) => {
    const empty = await openTestServer({ environment: { LATCHKEY_ADMIN_EMAIL: '', LATCHKEY_ADMIN_PASSWORD: '' } });
    const token = await tokenOf(empty.services.signIn.issueSetupLink());
    const set = await empty
      .stranger()
      .api.setup.complete.mutate({ token, email: 'x@example.com', name: 'X', password })
      .catch((error: unknown) => error);
    await empty.close();
    return Promise.reject(set);
  },
  'signUp.complete': async (password) => {
    await (await server.admin()).api.settings.update.mutate({ signUpOpen: true });
    await server.stranger().api.signUp.request.mutate({ email: 'new@example.com' });
    const token = await server.tokenMailedTo('new@example.com');
    return server.stranger().api.signUp.complete.mutate({ token, name: 'New', password });
  },
  'passwordReset.complete': async (password) => {
    await server.stranger().api.passwordReset.request.mutate({ email: ADMIN.email });
    const token = await server.tokenMailedTo(ADMIN.email);
    return server.stranger().api.passwordReset.complete.mutate({ token, password });
  },
  'invitations.accept': async (password) => {
    const admin = await server.admin();
    const invited = admin.api.users.create.mutate({ email: `invited-${password.length}@example.com` });
    const token = await tokenOf(invited.then(({ invitationLink }) => invitationLink));
    return server.stranger().api.invitations.accept.mutate({ token, name: 'New', password });
  },
  'me.changePassword': async (newPassword) =>
    (await server.admin()).api.me.changePassword.mutate({ currentPassword: ADMIN.password, newPassword }),
  'users.create': async (password) =>
    (await server.admin()).api.users.create.mutate({ email: 'given@example.com', password }),
};

describe('a password that is chosen', () => {
  it('is looked at on each road: whatever takes a new password is among those tried here', () => {
    const takes = (schema: { safeParse(value: unknown): { success: boolean } }) =>
      !schema.safeParse('short').success &&
      schema.safeParse('x'.repeat(64)).success &&
      !schema.safeParse('x'.repeat(257)).success;
    const roads = proceduresOf(server.router).filter(({ fields }) =>
      ['password', 'newPassword'].some((name) => fields[name] && takes(fields[name])),
    );
    expect(roads.map(({ path }) => path).toSorted()).toEqual(Object.keys(ROADS).toSorted());
  });

  it.each(Object.keys(ROADS))(
    'is refused by %s when attackers try it first, at its field [V6.2.4] [V6.2.12]',
    async (road) => {
      const problem = await problemOf(ROADS[road]!(COMMON));
      expect(problem).toMatchObject({ code: 'password_common', status: 400 });
      expect(problem.issues?.map(({ path }) => path)).toEqual([
        road === 'me.changePassword' ? 'newPassword' : 'password',
      ]);
    },
  );

  const refusals = (passwords: readonly string[], own: readonly string[]) =>
    Promise.all(
      passwords.map((each) => server.passwords.hashChosen(each, { own }).catch((error: Problem) => error.code)),
    );

  it('is none of the 3,000 commonest, in capitals neither [V6.2.4]', async () => {
    const longEnough = COMMONEST.flatMap((each) => (each.length < 8 ? [] : [each, each.toUpperCase()]));
    expect(longEnough.length).toBeGreaterThan(500);
    expect([...new Set(await refusals(longEnough, []))]).toEqual(['password_common']);
  });

  it('is not what everybody knows of the person', async () => {
    const known = ['ada.lovelace@example.com', 'Ada.Lovelace', 'ada lovelace'];
    expect([...new Set(await refusals(known, ['ada.lovelace@example.com', 'Ada Lovelace']))]).toEqual([
      'password_common',
    ]);
  });

  it('needs no kind of character, and may be long, have spaces and be in any script [V6.2.5] [V6.2.9]', async () => {
    const admin = await server.admin();
    const passwords = [
      'lowercase only',
      'x'.repeat(255) + 'y',
      '一二三四五六七八',
      'пароль из слов',
      '  spaces around  ',
    ];
    for (const [place, password] of passwords.entries()) {
      const email = `chooser-${place}@example.com`;
      await admin.api.users.create.mutate({ email, password });
      await expect(server.stranger().signIn(email, password)).resolves.toMatchObject({ email });
    }
  });

  it('of the first admin in the environment is looked at too', async () => {
    const environment = { LATCHKEY_ADMIN_PASSWORD: COMMON };
    await expect(openTestServer({ environment })).rejects.toMatchObject({ code: 'password_common' });
  });
});
