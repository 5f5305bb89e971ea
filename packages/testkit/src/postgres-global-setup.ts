import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { TestProject } from 'vitest/node';

import { openPostgres, type Postgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers each GET with the URL of a new, empty database on the run's one real PostgreSQL. */
    freshPostgresUrl: string;
  }
}

/** One real PostgreSQL for the whole run, started when the first test asks for a database of it. */
export async function setup(project: TestProject) {
  let opening: Promise<Postgres> | null = null;
  const newDatabase = async () => {
    opening ??= openPostgres();
    return (await opening).createDatabase();
  };
  const desk = createServer((_request, response) => {
    newDatabase().then(
      (url) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await once(desk.listen(0, '127.0.0.1'), 'listening');
  project.provide('freshPostgresUrl', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.close();
    desk.closeAllConnections();
    await (await opening)?.remove();
  };
}
