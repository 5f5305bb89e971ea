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
  /** Those that its tests may import as well. */
  oursInTests?: readonly string[];
  /** Everybody else's packages, where a short list says which. */
  others?: readonly string[];
};

export const AREAS: readonly Area[] = [
  { folder: 'packages/schemas', ours: [], others: ['zod'] },
  { folder: 'packages/credentials', ours: ['@latchkey/schemas'], others: ['jose', 'node:net', 'node:zlib'] },
  {
    folder: 'apps/server',
    layers: [
      ['main', 'cli'],
      ['compose'],
      ['server', 'router'],
      ['identity'],
      ['sign-in'],
      ['tokens', 'api-keys'],
      ['accounts'],
      ['sessions'],
      ['usage'],
      ['settings', 'rate-limits', 'signing-keys', 'permissions', 'mail'],
      ['audit'],
      ['rpc'],
      ['http'],
      ['storage'],
      ['actors', 'crypto', 'config'],
      ['problems', 'time'],
    ],
    hasDoors: true,
    ours: ['@latchkey/schemas', '@latchkey/credentials'],
    oursInTests: ['@latchkey/testkit'],
  },
  {
    folder: 'apps/web',
    layers: [
      ['app', 'auth'],
      ['routes', 'signed-out'],
      ['shell'],
      [
        'features/people',
        'features/service-accounts',
        'features/api-key',
        'features/settings',
        'features/console-home',
      ],
      ['features/accounts', 'features/account', 'features/sessions'],
      ['features/api-keys', 'features/audit'],
      ['features/roles'],
      ['forms'],
      ['ui', 'rpc'],
      ['words', 'zod-without-eval'],
    ],
    ours: ['@latchkey/schemas'],
    oursAsTypes: ['@latchkey/server/router'],
  },
  { folder: 'packages/testkit', ours: ['@latchkey/schemas', '@latchkey/credentials', '@latchkey/server'] },
  { folder: 'bench', ours: ['@latchkey/schemas', '@latchkey/credentials', '@latchkey/server'] },
  { folder: 'e2e', ours: ['@latchkey/schemas', '@latchkey/testkit'] },
];

/** What any test may import beside what its area may. */
export const TEST_TOOLS: readonly string[] = ['vitest', 'fast-check', 'node:'];
