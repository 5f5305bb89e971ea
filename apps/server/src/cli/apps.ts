import { createAppInput } from '@latchkey/schemas';

import { COMMAND_LINE } from '../actors/index.ts';
import { parse, type Noun } from './command.ts';

export const apps: Noun = {
  create: {
    begins: true,
    means: 'Makes an app, and prints its client_id and client_secret. The secret is shown this once.',
    options: {
      name: { means: 'What people are told that it is called.', value: 'N', required: true },
      'redirect-uri': { means: 'Where people are sent back to.', value: 'U', many: true },
      'post-logout-uri': { means: 'Where they are sent after signing out.', value: 'U', many: true },
      grant: { means: 'How it gets tokens. Without it: authorization_code and refresh_token.', value: 'G', many: true },
      scope: { means: 'What it may ask for.', value: 'S', many: true },
      public: { means: 'It keeps no secret, such as a page alone or a program on somebody’s device.' },
      'first-party': { means: 'It is the operator’s own: people aren’t asked whether they allow it.' },
    },
    async run({ composed, values }) {
      const scopes = values['scope'];
      const input = parse(createAppInput, {
        name: values['name'],
        redirectUris: values['redirect-uri'],
        postLogoutRedirectUris: values['post-logout-uri'],
        grants: values['grant'],
        // Each by itself, or several in one text as RFC 6749 writes them.
        scopes: Array.isArray(scopes) ? scopes.flatMap((text) => String(text).split(' ')) : undefined,
        public: values['public'],
        firstParty: values['first-party'],
      });
      const { services } = await composed();
      const { app, clientId, clientSecret } = await services.apps.create(COMMAND_LINE, input);
      const secretLine = clientSecret === null ? '' : `\nclient_secret=${clientSecret}`;
      return {
        line: `client_id=${clientId}${secretLine}`,
        json: { client_id: clientId, ...(clientSecret !== null && { client_secret: clientSecret }), app },
      };
    },
  },
};
