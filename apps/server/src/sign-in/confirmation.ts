import type { Confirmation, PasskeyAssertion } from '@latchkey/schemas';

import { factorOfCode } from '../factors/index.ts';
import { Problem } from '../problems/index.ts';
import type { SessionActor } from '../rpc/index.ts';
import type { Tx } from '../storage/index.ts';
import type { GateNeeds, Visitor } from './gate.ts';
import type { Guessing } from './guessing.ts';

type Needs = GateNeeds & {
  guessing: Guessing;
  /** Counts, and tells the audit of a failure, by itself. */
  provePassword: (actor: SessionActor, password: string) => Promise<unknown>;
};

type Prove = (tx: Tx) => Promise<void>;

const FAILURES = new Set(['second_factor_failed', 'passkey_failed']);

/** A fresh proof of who one is, by any one thing that signs one in: what `fresh` guards ask for. */
export function createConfirmation(needs: Needs) {
  const { storage, audit, sessions, cookies, factors, passkeys, guessing, provePassword } = needs;

  function byCode({ accountId }: SessionActor, code: string): Prove {
    return async (tx) => {
      if (!(await factors.useCode(tx, accountId, code))) throw new Problem('second_factor_failed');
    };
  }

  async function byPasskey({ passkeyCookie }: Visitor, actor: SessionActor, passkey: PasskeyAssertion): Promise<Prove> {
    const { purpose, accountId, commit } = await passkeys.verify(passkeyCookie, passkey);
    const isForThis = purpose.kind === 'confirm' && purpose.sessionId === actor.credential.id;
    if (!isForThis || accountId !== actor.accountId) throw new Problem('passkey_failed');
    return commit;
  }

  async function proofOf(visitor: Visitor, actor: SessionActor, given: Confirmation): Promise<Prove> {
    if ('password' in given) {
      await provePassword(actor, given.password);
      return async () => {};
    }
    const forgive = await guessing.countTry(actor.email, actor.accountId, actor.from);
    const prove = 'code' in given ? byCode(actor, given.code) : await byPasskey(visitor, actor, given.passkey);
    return async (tx) => {
      await prove(tx);
      await forgive(tx);
    };
  }

  async function renew(visitor: Visitor, actor: SessionActor, given: Confirmation) {
    const prove = await proofOf(visitor, actor, given);
    return storage.transact(async (tx) => {
      await prove(tx);
      const session = await sessions.confirm(tx, actor);
      const by = Object.keys(given)[0];
      await audit.record(tx, actor, 'session.confirmed', { details: { by, sessionId: session.id } });
      return session;
    });
  }

  /** Whoever sits at the browser needn't be the person: it is a sign-in that failed, in a session. */
  async function recordFailure({ from, accountId, email, credential }: SessionActor, given: Confirmation) {
    const factor = 'code' in given ? factorOfCode(given.code) : 'passkey';
    const facts = {
      target: { kind: 'account', id: accountId, name: email },
      details: { email, factor, sessionId: credential.id },
    };
    await storage.transact((tx) => audit.record(tx, { kind: 'anonymous', from }, 'sign_in.failed', facts));
  }

  return async function confirm(visitor: Visitor, actor: SessionActor, given: Confirmation): Promise<void> {
    try {
      const renewed = await renew(visitor, actor, given);
      visitor.sessionCookie.set(await cookies.seal(await renewed.cookie()));
    } catch (error) {
      if (error instanceof Problem && FAILURES.has(error.code)) await recordFailure(actor, given);
      throw error;
    }
  };
}
