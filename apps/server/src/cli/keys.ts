import { apiKeyId, createApiKeyInput, type AccountId } from '@latchkey/schemas';

import { COMMAND_LINE } from '../actors/index.ts';
import type { Composed } from '../compose.ts';
import { DAY_MS, HOUR_MS, systemClock } from '../time/index.ts';
import { parse, UsageError, type Noun } from './command.ts';

export const keys: Noun = {
  create: {
    begins: true,
    means: 'Makes an API key, and prints it. It is shown this once.',
    options: {
      name: { means: 'What to call it.', value: 'N', required: true },
      permission: { means: 'What it may do.', value: 'P', required: true, many: true },
      account: { means: 'Whose it is. Without it: the service account “Command line”.', value: 'ID' },
      expires: { means: 'When it ends, such as 90d or 12h. Without it: when it is revoked.', value: '90d' },
      'allow-query': { means: 'It may ride in the address of a GET.' },
    },
    async run({ composed, values }) {
      const { expires, account } = values;
      const expiresAtMs = typeof expires === 'string' ? systemClock() + lifetimeMs(expires) : null;
      const { services } = await composed();
      const input = parse(createApiKeyInput, {
        name: values['name'],
        permissions: values['permission'],
        allowQuery: values['allow-query'] ?? false,
        expiresAtMs,
        accountId: account === undefined ? await commandLineAccount(services) : account,
      });
      const created = await services.apiKeys.create(COMMAND_LINE, input);
      return { line: created.secret, json: created };
    },
  },
  revoke: {
    means: 'Ends an API key: its next call is refused.',
    takes: 'ID',
    async run({ composed, taken }) {
      const id = parse(apiKeyId, taken);
      const { apiKey } = await (await composed()).services.apiKeys.revoke(COMMAND_LINE, id);
      return { line: `Revoked ${apiKey.name}.`, json: { apiKey } };
    },
  },
};

/** Whose keys these are when nobody is named: a service account that the first such key brings along. */
async function commandLineAccount({ serviceAccounts }: Composed['services']): Promise<AccountId> {
  const name = 'Command line';
  const { items } = await serviceAccounts.list({ q: name, limit: 100 });
  const there = items.find((each) => each.name === name && each.status === 'active');
  return (there ?? (await serviceAccounts.create(COMMAND_LINE, { name, roles: ['admin'] }))).id;
}

function lifetimeMs(given: string): number {
  const [, amount, unit] = /^(\d{1,5})([hd])$/.exec(given) ?? [];
  if (amount === undefined || Number(amount) === 0) throw new UsageError('--expires takes a time such as 90d or 12h.');
  return Number(amount) * (unit === 'h' ? HOUR_MS : DAY_MS);
}
