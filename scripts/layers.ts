/**
 * Who may import whom, written once. `import-rules.ts` reads it, and `pnpm test` holds the sources against it.
 *
 * Inside the server a part imports only parts on lower rows, and a folder only through its `index.ts`. Tests may open any
 * folder's door, since they try a part in the whole.
 */
export const SERVER_LAYERS: readonly (readonly string[])[] = [
  ['main', 'cli'],
  ['compose'],
  ['server', 'router'],
  ['identity'],
  ['sign-in'],
  ['tokens', 'api-keys'],
  ['accounts'],
  ['sessions'],
  ['settings', 'rate-limits', 'signing-keys', 'permissions', 'mail'],
  ['audit'],
  ['rpc'],
  ['http'],
  ['storage'],
  ['actors', 'crypto', 'config'],
  ['problems', 'time'],
];

export type Area = {
  folder: string;
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
  { folder: 'packages/credentials', ours: ['@latchkey/schemas'], others: ['jose', 'node:zlib'] },
  {
    folder: 'apps/server',
    ours: ['@latchkey/schemas', '@latchkey/credentials'],
    oursInTests: ['@latchkey/testkit'],
  },
  { folder: 'apps/web', ours: ['@latchkey/schemas'], oursAsTypes: ['@latchkey/server/router'] },
  { folder: 'packages/testkit', ours: ['@latchkey/schemas', '@latchkey/credentials', '@latchkey/server'] },
  { folder: 'e2e', ours: ['@latchkey/schemas', '@latchkey/testkit'] },
];

/** What any test may import beside what its area may. */
export const TEST_TOOLS: readonly string[] = ['vitest', 'fast-check', 'node:'];
