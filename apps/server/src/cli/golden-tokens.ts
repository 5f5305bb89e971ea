import { audience, permissionSet } from '@latchkey/schemas';

import { parse, type Noun } from './command.ts';

export const goldenTokens: Noun = {
  '': {
    means:
      'Prints good and bad access tokens, by which an API can try how it verifies: on each line accept or refuse, a name, and the token.',
    options: {
      audience: { means: 'The API’s own address.', value: 'A', required: true },
      permission: { means: 'What the tokens carry.', value: 'P', many: true },
    },
    async run({ composed, values }) {
      const wanted = {
        audience: parse(audience, values['audience']),
        permissions: parse(permissionSet, values['permission'] ?? []),
      };
      const made = await (await composed()).goldenTokens.make(wanted);
      const lines = made.tokens.map(({ verdict, name, token }) => [verdict, name, token].join('\t'));
      return { line: lines.join('\n'), json: made };
    },
  },
};
