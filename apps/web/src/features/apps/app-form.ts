import { appKind, createAppInput, redirectUriFault, type AppGrant, type AppKind } from '@latchkey/schemas';
import * as z from 'zod/mini';

import { linesOf } from '../../forms/lines.ts';

type KindWords = { value: AppKind; label: string; hint: string };

/** What each kind of app is, in the words of whoever makes one. */
export const KINDS: readonly KindWords[] = [
  { value: 'web', label: 'Web app', hint: 'Its server keeps a secret. For example Django, Rails or Next.js.' },
  { value: 'spa', label: 'Single-page app', hint: 'Runs in the browser alone and keeps no secret.' },
  {
    value: 'native',
    label: 'Phone, desktop or command line',
    hint: 'Runs on somebody’s device and keeps no secret. Ports of localhost are free.',
  },
  {
    value: 'mcp',
    label: 'MCP client',
    hint: 'An assistant or editor that uses tools. It needs no entry here if it describes itself by an address.',
  },
  { value: 'machine', label: 'Machine', hint: 'Acts for itself, without a person.' },
];

const GRANTS: Record<AppKind, AppGrant[]> = {
  web: ['authorization_code', 'refresh_token'],
  spa: ['authorization_code', 'refresh_token'],
  native: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  mcp: ['authorization_code', 'refresh_token'],
  machine: ['client_credentials'],
};

/** One address a line. Each is judged while it is typed. */
export function faultOfLines(text: string): string | undefined {
  return linesOf(text)
    .map((uri) => ({ uri, fault: redirectUriFault(uri) }))
    .filter(({ fault }) => fault !== null)
    .map(({ uri, fault }) => `${uri}: ${fault}`)[0];
}

export const appForm = z.object({
  name: createAppInput.shape.name,
  kind: appKind,
  redirects: z.string().check(z.refine((text) => faultOfLines(text) === undefined, 'Mend the addresses.')),
  scopes: z.string().check(z.maxLength(2000)),
  firstParty: z.boolean(),
});
export type AppForm = z.output<typeof appForm>;

/** What the form comes to, as the server takes it. */
export function inputOf({ name, kind, redirects, scopes, firstParty }: AppForm) {
  const words = scopes.split(/[\s,]+/).filter((word) => word !== '');
  const openid = kind === 'machine' ? [] : ['openid', 'profile', 'email'];
  return {
    name,
    kind,
    public: kind !== 'web' && kind !== 'machine',
    redirectUris: kind === 'machine' ? [] : linesOf(redirects),
    grants: GRANTS[kind],
    scopes: [...new Set([...openid, ...words])],
    firstParty,
  };
}
