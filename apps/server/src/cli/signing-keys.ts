import { COMMAND_LINE } from '../actors/index.ts';
import type { Noun } from './command.ts';

export const signingKeys: Noun = {
  rotate: {
    means: 'Lets the next signing key take over, once it has been published for an hour.',
    async run({ composed }) {
      const rotated = await (await composed()).signingKeys.rotate(COMMAND_LINE);
      const at = new Date(rotated.activeFromMs).toISOString();
      return { line: `${rotated.kid} signs from ${at} on.`, json: rotated };
    },
  },
};
