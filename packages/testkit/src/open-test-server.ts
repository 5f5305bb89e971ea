import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import { createLog, openServer, readConfig, type OpenServer } from '@latchkey/server/compose';

import { Caller } from './caller.ts';
import { ADMIN, ADMIN_ENVIRONMENT } from './first-admin.ts';
import { freePort } from './free-port.ts';
import { readOutbox } from './outbox.ts';
import { createTestClock, type TestClock } from './test-clock.ts';

const PUBLIC_URL = 'http://localhost:3000';

export type TestServer = OpenServer & {
  clock: TestClock;
  publicUrl: string;
  dataDir: string;
  /** Everything logged so far. */
  logged(): string;
  /** Somebody without any credential. */
  stranger(): Caller;
  /** The first admin, signed in. */
  admin(): Promise<Caller>;
  /** A person that the admin made, signed in. */
  person(email: string, roles?: string[]): Promise<Caller>;
  /** What was mailed so far to the address, oldest first, as its reader sees it. */
  mailTo(email: string): Promise<string[]>;
  /** The token of the link in the latest mail to the address. */
  tokenMailedTo(email: string): Promise<string>;
  /** Ends it and starts it again on the same data, with these variables instead of those it had. */
  restart(changed?: Record<string, string>): Promise<void>;
};

export type TestServerOptions = {
  /** More of the environment's variables. */
  environment?: Record<string, string>;
  /** Whether it listens at its public address, for programs that call it there. */
  listens?: boolean;
};

/** The whole server in this process, on SQLite in a folder of its own, with a clock that the test holds. */
export async function openTestServer({
  environment = {},
  listens = false,
}: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-'));
  const clock = createTestClock();
  const lines: string[] = [];
  const variables = {
    LATCHKEY_URL: listens ? `http://localhost:${await freePort()}` : PUBLIC_URL,
    LATCHKEY_DATA_DIR: dataDir,
    ...ADMIN_ENVIRONMENT,
    ...environment,
  };
  const { publicUrl } = readConfig(variables);
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const open = async (changed: Record<string, string> = {}) => {
    const config = readConfig({ ...variables, ...changed });
    const opened = await openServer({ config, log: createLog(config.logLevel, sink), clock: clock.now });
    if (config.firstAdmin) {
      await opened.services.signIn.createFirstAdmin(config.firstAdmin.email, config.firstAdmin.password);
    }
    if (listens) await opened.app.listen({ host: 'localhost', port: Number(new URL(config.publicUrl).port) });
    return opened;
  };
  let opened = await open();
  const stranger = () => new Caller({ inject: (request) => opened.app.inject(request) }, publicUrl);
  const signedIn = async (email: string, password: string) => {
    const caller = stranger();
    await caller.signIn(email, password);
    return caller;
  };
  const admin = () => signedIn(ADMIN.email, ADMIN.password);
  const server: TestServer = {
    ...opened,
    clock,
    publicUrl,
    dataDir,
    logged: () => lines.join(''),
    stranger,
    admin,
    async person(email, roles = ['member']) {
      await (await admin()).api.users.create.mutate({ email, roles, password: ADMIN.password });
      return signedIn(email, ADMIN.password);
    },
    async mailTo(email) {
      await opened.mail.settle();
      return readOutbox(join(dataDir, 'outbox'), email);
    },
    async tokenMailedTo(email) {
      const tokens = (await server.mailTo(email)).flatMap((mail) => /#([0-9A-Za-z]{43})$/m.exec(mail)?.[1] ?? []);
      const token = tokens.at(-1);
      if (token === undefined) throw new Error(`No link was mailed to ${email}.`);
      return token;
    },
    async restart(changed) {
      await opened.close();
      opened = await open(changed);
      Object.assign(server, { ...opened, close: server.close });
    },
    async close() {
      await opened.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return server;
}
