import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The real nginx with these servers. */
export function startNginx(program: string, folder: string, site: string): ChildProcess {
  writeFileSync(join(folder, 'site.conf'), site);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const main = `
    daemon off;
    # One process, so that whoever runs the tests needs no second user.
    master_process off;
    pid ${folder}/nginx.pid;
    error_log stderr error;
    events {}
    http {
      ${temporary.join('\n')}
      include ${folder}/site.conf;
    }`;
  writeFileSync(join(folder, 'nginx.conf'), main);
  return spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'inherit', 'inherit'] });
}

const GUARD = new URL('../../../apps/server/nginx/forward-auth.conf', import.meta.url);

/** Guards a service by the configuration that is shipped, with this machine's ports for names, and without TLS. */
export function startGuard(
  program: string,
  folder: string,
  { host, latchkey, service }: { host: string; latchkey: number; service: number },
): ChildProcess {
  const site = readFileSync(GUARD, 'utf8')
    .replaceAll(/^ *(?:listen \[::\]|ssl_).*\n/gm, '')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${new URL(`http://${host}`).port};`)
    .replaceAll('X-Forwarded-Host notes.example.com', `X-Forwarded-Host ${host}`)
    .replace('server_name notes.example.com', 'server_name localhost')
    .replace('127.0.0.1:3000', `127.0.0.1:${latchkey}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${service}`);
  return startNginx(program, folder, site);
}

/** Waits until something of this machine listens on the port. */
export async function untilOpen(port: number): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (performance.now() < deadlineMs) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await wait(20);
  }
  throw new Error(`Nothing listens on port ${port}.`);
}
