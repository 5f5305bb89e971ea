/**
 * Who may import whom, written once. `import-rules.ts` reads it, and `pnpm test` holds the sources against it.
 *
 * Inside an area a part imports only parts on lower rows. A part is a file or a folder of the area's sources.
 */
export type Area = {
  folder: string;
  /** The parts of `src`, from the highest row to the lowest. */
  layers?: readonly (readonly string[])[];
  /** Whether a part that is a folder is imported only through its `index.ts`. */
  hasDoors?: boolean;
  /** Which of our own packages it may import. */
  ours: readonly string[];
  /** Those of which it may import types alone. */
  oursAsTypes?: readonly string[];
  /** What its tests may import as well. */
  inTests?: readonly string[];
  /** Everybody else's packages, where a short list says which. */
  others?: readonly string[];
};

export const AREAS: readonly Area[] = [
  { folder: 'packages/schemas', ours: [], others: ['zod'] },
  { folder: 'packages/credentials', ours: ['@latchkey/schemas'], others: ['jose', 'node:net', 'node:zlib'] },
  {
    folder: 'packages/guard',
    layers: [
      ['index'],
      ['verify'],
      ['access-tokens', 'api-keys', 'signing-keys', 'demand'],
      ['latchkey', 'request'],
      ['options', 'caller', 'problems'],
    ],
    ours: ['@latchkey/credentials', '@latchkey/schemas'],
    inTests: ['@latchkey/testkit', 'express', 'fastify', 'hono', 'publint'],
    others: ['@trpc/server', 'lru-cache', 'node:crypto', 'node:net', 'zod'],
  },
  {
    folder: 'apps/server',
    layers: [
      ['main', 'cli'],
      ['compose'],
      ['server'],
      ['openapi', 'forward-auth', 'metrics'],
      ['router'],
      ['identity', 'account-closure'],
      ['oauth'],
      ['sign-in'],
      ['factors'],
      ['tokens', 'golden-tokens', 'api-keys', 'apps', 'alerts'],
      ['accounts'],
      ['sessions', 'resources', 'access-matrix'],
      ['devices', 'usage', 'denials'],
      ['settings', 'rate-limits', 'signing-keys', 'permissions', 'mail', 'deliveries'],
      ['audit'],
      ['rpc'],
      ['http'],
      ['storage'],
      ['actors', 'crypto', 'config', 'processes'],
      ['problems', 'time', 'installed-files'],
    ],
    hasDoors: true,
    ours: ['@latchkey/schemas', '@latchkey/credentials'],
    inTests: ['@latchkey/testkit'],
  },
  {
    folder: 'apps/web',
    layers: [
      ['app', 'auth', 'docs'],
      ['routes', 'signed-out', 'api-docs'],
      ['shell'],
      ['features/console-home'],
      ['features/alerts'],
      ['features/denials'],
      [
        'features/people',
        'features/service-accounts',
        'features/api-key',
        'features/resources',
        'features/apps',
        'features/grants',
        'features/settings',
        'features/access',
      ],
      ['features/accounts', 'features/account', 'features/sessions'],
      ['features/api-keys', 'features/audit', 'features/factors'],
      ['features/roles', 'features/lockdown', 'features/closure'],
      ['forms'],
      ['ui', 'rpc', 'passkeys'],
      ['words', 'zod-without-eval'],
    ],
    ours: ['@latchkey/schemas'],
    oursAsTypes: ['@latchkey/server/router'],
  },
  {
    folder: 'apps/example-notes',
    layers: [['main'], ['server'], ['rest'], ['notes', 'settings']],
    ours: ['@latchkey/guard'],
    inTests: ['@latchkey/testkit'],
  },
  {
    folder: 'apps/example-sign-in',
    layers: [['main'], ['server'], ['settings', 'visitors']],
    ours: [],
    inTests: ['@latchkey/testkit'],
  },
  { folder: 'apps/example-fastapi', ours: [], inTests: ['@latchkey/testkit'] },
  { folder: 'packages/testkit', ours: ['@latchkey/schemas', '@latchkey/credentials', '@latchkey/server'] },
  { folder: 'bench', ours: ['@latchkey/schemas', '@latchkey/credentials', '@latchkey/server'] },
  { folder: 'e2e', ours: ['@latchkey/schemas', '@latchkey/testkit'] },
];

/** What any test may import beside what its area may. */
export const TEST_TOOLS: readonly string[] = ['vitest', 'fast-check', 'node:'];
