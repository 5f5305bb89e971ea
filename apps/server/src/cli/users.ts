import { text } from 'node:stream/consumers';

import { createUserInput } from '@latchkey/schemas';

import { COMMAND_LINE } from '../actors/index.ts';
import { parse, type Noun } from './command.ts';

export const users: Noun = {
  create: {
    begins: true,
    means: 'Invites a person, or with a password lets them sign in at once. Prints the invitation’s link, or their id.',
    options: {
      email: { means: 'Their address.', value: 'E', required: true },
      name: { means: 'What to call them. Without it: what stands before the @.', value: 'N' },
      role: { means: 'A role of theirs. Without any: member.', value: 'R', many: true },
      'password-stdin': { means: 'Their password comes on standard input.' },
    },
    async run({ composed, values }) {
      const input = parse(createUserInput, {
        email: values['email'],
        name: values['name'],
        roles: values['role'],
        // Never an argument: other users of the machine can read those.
        password: values['password-stdin'] ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined,
      });
      const { services } = await composed();
      const created = await services.people.create(COMMAND_LINE, input);
      return { line: created.invitationLink ?? created.user.id, json: created };
    },
  },
  disable: {
    means: 'Ends a person’s sessions, and refuses them from now on.',
    takes: 'ID-OR-EMAIL',
    async run({ composed, taken }) {
      const { people } = (await composed()).services;
      const user = await people.update(COMMAND_LINE, { id: await people.findId(taken), disabled: true });
      return { line: `Disabled ${user.email}.`, json: { user } };
    },
  },
};
