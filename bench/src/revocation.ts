import { requestText } from './http.ts';
import { bearing, mutate, ownOrigin, signedIn, signedInAdmin, tokenOf, type Session } from './latchkey.ts';
import type { LoadRequest, RevocationResult } from './load-job.ts';
import { jobOf, type Bench } from './measure.ts';
import type { RunningProgram } from './program.ts';
import { CONNECTIONS } from './subjects.ts';

/** A credential in use, and the call that takes it away. */
type Case = { name: string; request: LoadRequest; revocation: { text: string } };

export type Revoked = { name: string } & RevocationResult;

/** In the middle of a run the credential is taken away; from the answer to that on, every call must get 401. */
export async function revokeMidway(bench: Bench, running: RunningProgram): Promise<Revoked[]> {
  const admin = await signedInAdmin(running.port);
  const cases = [await keyCase(running, admin), await sessionCase(running, admin), await tokenCase(running, admin)];
  const revoked: Revoked[] = [];
  for (const { name, request, revocation } of cases) {
    const row = { kind: 'key', connections: CONNECTIONS, requests: async () => [request] } as const;
    const result = await bench.generator.run({ ...(await jobOf(bench, row, running)), revocation });
    for (const each of result.wrong) bench.wrong.push(`revocation of a ${name}: ${each}`);
    if (result.revocation) revoked.push({ name, ...result.revocation });
  }
  return revoked;
}

/** Whether not one call got through, and there were calls before and after. */
export function isImmediate(revoked: Revoked): boolean {
  return (
    revoked.acceptedBefore > 0 &&
    revoked.refusedAfter > 0 &&
    revoked.acceptedAfter === 0 &&
    revoked.nextAnswer?.status === 401
  );
}

async function keyCase({ port }: RunningProgram, admin: Session): Promise<Case> {
  const input = { name: 'To be revoked', permissions: ['api_keys:read'] };
  const { apiKey, secret } = (await mutate(port, admin, 'apiKeys.create', input)) as {
    apiKey: { id: string };
    secret: string;
  };
  const text = requestText('GET', '/trpc/me.get', { headers: { 'x-api-key': secret } });
  const revocation = mutationText(port, admin, 'apiKeys.revoke', { id: apiKey.id });
  return { name: 'key', request: { text, holds: apiKey.id }, revocation };
}

async function sessionCase({ port }: RunningProgram, admin: Session): Promise<Case> {
  const { cookie, sessionId, accountId } = await signedIn(port);
  const text = requestText('GET', '/trpc/me.get', { headers: { cookie } });
  const revocation = mutationText(port, admin, 'userSessions.end', { id: accountId, sessionId });
  return { name: 'session', request: { text, holds: sessionId }, revocation };
}

/** A token dies with the session that asked for it. */
async function tokenCase({ port }: RunningProgram, admin: Session): Promise<Case> {
  const session = await signedIn(port);
  const input = { id: session.accountId, sessionId: session.sessionId };
  const revocation = mutationText(port, admin, 'userSessions.end', input);
  return { name: 'token', request: bearing(await tokenOf(port, session)), revocation };
}

function mutationText(port: number, session: Session, path: string, input: object): { text: string } {
  return { text: requestText('POST', `/trpc/${path}`, { headers: ownOrigin(port, session), body: input }) };
}
