import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

import { ROOT } from './program.ts';

const PRODUCT = [
  'fastify',
  '@trpc/server',
  'better-sqlite3',
  'drizzle-orm',
  'zod',
  'jose',
  'iron-session',
  '@node-rs/argon2',
];

/** What the figures were measured on and with, for whoever compares them with theirs. */
export function describeMachine(): string[] {
  const processors = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit()}`,
    `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${gigabytes} GB, Linux ${release()}, Node ${process.version}`,
    `Latchkey with ${versionsIn('pnpm-workspace.yaml', PRODUCT)}`,
    `Peers: ${Object.entries(peerVersions())
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  ];
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
}

function versionsIn(file: string, names: readonly string[]): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return names
    .flatMap((name) => {
      const [, version] = new RegExp(`^ +'?${name}'?: (\\S+)$`, 'm').exec(text) ?? [];
      return version === undefined ? [] : [`${name} ${version}`];
    })
    .join(', ');
}

function peerVersions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'bench/peers/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies;
}
