import type { App, AppGrant, AppKind } from '@latchkey/schemas';

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

export function kindWords(kind: AppKind): string | undefined {
  return KINDS.find(({ value }) => value === kind)?.label;
}

/** How an app gets its tokens. */
export const GRANT_WORDS: Record<AppGrant, string> = {
  authorization_code: 'People sign in here, and are sent back to it.',
  refresh_token: 'It renews its tokens while nobody is there.',
  client_credentials: 'It acts for itself, without a person.',
  'urn:ietf:params:oauth:grant-type:device_code': 'It shows a code, which people enter here.',
  password: 'It asks people for their password itself.',
};

/** Whether people use it, or it acts for itself alone. */
export function isForPeople(grants: readonly AppGrant[]): boolean {
  return grants.some((grant) => grant !== 'client_credentials');
}

export function keepsSecret(app: App): boolean {
  return !app.public && !app.hasKeys;
}

export type AppAct = 'rotate' | 'disable' | 'enable';

export const ACTS: Record<AppAct, { act: string; effect: string }> = {
  rotate: { act: 'Rotate secret', effect: 'You get a new secret. The old one works for 24 hours more.' },
  disable: {
    act: 'Disable app',
    effect: 'Nobody can sign in to it, it gets no tokens, and those it has stop working here at once.',
  },
  enable: { act: 'Enable app', effect: 'It can get tokens again.' },
};
