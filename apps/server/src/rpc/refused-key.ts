import type { ApiKeyId, ProblemCode } from '@latchkey/schemas';

import { Problem, type ProblemFacts } from '../problems/index.ts';

/** The refusal of a caller who did hold the key, or a token of it: it counts as the key's use. */
export class RefusedKey extends Problem {
  readonly apiKeyId: ApiKeyId;

  constructor(code: ProblemCode, apiKeyId: ApiKeyId, facts: ProblemFacts = {}) {
    super(code, facts);
    this.apiKeyId = apiKeyId;
  }
}
