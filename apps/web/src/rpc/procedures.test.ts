import { expect, it } from 'vitest';

import type { ProcedurePath } from './procedures.ts';

it('a procedure is asked for by a name that there is: any other doesn’t compile', () => {
  const right: ProcedurePath = 'apiKeys.create';
  // @ts-expect-error No procedure is called so.
  const wrong: ProcedurePath = 'apiKeys.crate';
  // @ts-expect-error A router isn't a procedure.
  const router: ProcedurePath = 'apiKeys';
  expect(new Set([right, wrong, router]).size).toBe(3);
});
