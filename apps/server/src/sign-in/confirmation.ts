import type { Confirmation, PasskeyAssertion } from '@latchkey/schemas';

import type { Guessing } from './guessing.ts';
import { Problem } from '../problems/index.ts';
import type { SessionActor } from '../rpc/index.ts';
import type { Tx } from '../storage/index.ts';
import type { GateNeeds, Visitor } from './gate.ts';

type Needs = GateNeeds & {
  guessing: Guessing;
  provePassword: (actor: SessionActor, password: string) => Promise<unknown>;
};

type Prove = (tx: Tx) => Promise<void>;

/** A fresh proof of who one is, by any one thing that signs one in: what `fresh` guards ask for. */
export function createConfirmation(needs: Needs) {
  const { storage, audit, sessions, cookies, factors, passkeys, guessing, provePassword } = needs;

  async function byCode(actor: SessionActor, code: string): Promise<Prove> {
    const forgive = await guessing.countTry(actor.email, actor.accountId, actor.from);
    return async (tx) => {
      if (!(await factors.useCode(tx, actor.accountId, code))) throw new Problem('second_factor_failed');
      await forgive(tx);
    };
  }

  async function byPasskey({ passkeyCookie }: Visitor, actor: SessionActor, passkey: PasskeyAssertion): Promise<Prove> {
    const { purpose, accountId, commit } = await passkeys.verify(passkeyCookie, passkey);
    const isForThis = purpose.kind === 'confirm' && purpose.sessionId === actor.credential.id;
    if (!isForThis || accountId !== actor.accountId) throw new Problem('passkey_failed');
    return commit;
  }

  async function proofOf(visitor: Visitor, actor: SessionActor, given: Confirmation): Promise<Prove> {
    if ('code' in given) return byCode(actor, given.code);
    if ('passkey' in given) return byPasskey(visitor, actor, given.passkey);
    await provePassword(actor, given.password);
    return async () => {};
  }

  return async function confirm(visitor: Visitor, actor: SessionActor, given: Confirmation): Promise<void> {
    const prove = await proofOf(visitor, actor, given);
    const renewed = await storage.transact(async (tx) => {
      await prove(tx);
      const session = await sessions.confirm(tx, actor);
      const by = Object.keys(given)[0];
      await audit.record(tx, actor, 'session.confirmed', { details: { by, sessionId: session.id } });
      return session;
    });
    visitor.sessionCookie.set(await cookies.seal(await renewed.cookie()));
  };
}
