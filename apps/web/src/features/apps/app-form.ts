import { appKind, createAppInput, redirectUriFault, type App, type AppGrant, type AppKind } from '@latchkey/schemas';
import * as z from 'zod/mini';

import { linesOf } from '../../forms/lines.ts';
import { isForPeople } from './app-words.ts';

const GRANTS: Record<AppKind, AppGrant[]> = {
  web: ['authorization_code', 'refresh_token'],
  spa: ['authorization_code', 'refresh_token'],
  native: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  mcp: ['authorization_code', 'refresh_token'],
  machine: ['client_credentials'],
};

/** Of one address a line, what is wrong with the first that can't be meant. */
export function faultOfLines(text: string): string | undefined {
  return linesOf(text)
    .map((uri) => ({ uri, fault: redirectUriFault(uri) }))
    .filter(({ fault }) => fault !== null)
    .map(({ uri, fault }) => `${uri}: ${fault}`)[0];
}

type Needed = { redirectUris: string; scopes: string };

/** What an app needs depends on how it gets its tokens; fields that aren't shown are not judged. */
function faultsOf(grants: readonly AppGrant[], { redirectUris, scopes }: Needed): Partial<Needed> {
  if (!isForPeople(grants)) {
    const isBare = namesOf(scopes).length === 0;
    return isBare ? { scopes: 'Add at least one permission, such as notes:read. Without any it can do nothing.' } : {};
  }
  const isLost = grants.includes('authorization_code') && linesOf(redirectUris).length === 0;
  const fault = isLost ? 'Add at least one address that people are sent back to.' : faultOfLines(redirectUris);
  return fault === undefined ? {} : { redirectUris: fault };
}

/** Judged together with what is wrong with single fields, so that all of it is marked at once. */
function judgedBy<Values extends Needed>(grantsOf: (values: Values) => readonly AppGrant[]) {
  return z.superRefine<Values>(
    (values, issues) => {
      for (const [path, message] of Object.entries(faultsOf(grantsOf(values), values)))
        issues.addIssue({ code: 'custom', path: [path], message });
    },
    { when: () => true },
  );
}

const fields = {
  name: createAppInput.shape.name,
  redirectUris: z.string(),
  scopes: z.string().check(z.maxLength(2000)),
};
const addresses = z.string().check(
  z.superRefine((text, issues) => {
    const fault = faultOfLines(text);
    if (fault !== undefined) issues.addIssue(fault);
  }),
);

export const createAppForm = z
  .object({ ...fields, kind: appKind, firstParty: z.boolean() })
  .check(judgedBy(({ kind }) => GRANTS[kind]));
export type CreateAppForm = z.output<typeof createAppForm>;

/** What the form comes to, as the server takes it. */
export function createInputOf({ name, kind, redirectUris, scopes, firstParty }: CreateAppForm) {
  const openid = kind === 'machine' ? [] : ['openid', 'profile', 'email'];
  return {
    name,
    kind,
    public: kind !== 'web' && kind !== 'machine',
    redirectUris: kind === 'machine' ? [] : linesOf(redirectUris),
    grants: GRANTS[kind],
    scopes: [...new Set([...openid, ...namesOf(scopes)])],
    firstParty,
  };
}

export function editAppForm({ grants }: App) {
  return z
    .object({ ...fields, postLogoutRedirectUris: addresses, backchannelLogoutUri: addresses })
    .check(judgedBy(() => grants));
}
export type EditAppForm = z.output<ReturnType<typeof editAppForm>>;

/** The app as the form shows it. */
export function editFieldsOf(app: App): EditAppForm {
  return {
    name: app.name,
    redirectUris: app.redirectUris.join('\n'),
    postLogoutRedirectUris: app.postLogoutRedirectUris.join('\n'),
    backchannelLogoutUri: app.backchannelLogoutUri ?? '',
    scopes: app.scopes.join(' '),
  };
}

export function editInputOf(values: EditAppForm) {
  return {
    name: values.name,
    redirectUris: [...new Set(linesOf(values.redirectUris))],
    postLogoutRedirectUris: [...new Set(linesOf(values.postLogoutRedirectUris))],
    backchannelLogoutUri: values.backchannelLogoutUri.trim() || null,
    scopes: [...new Set(namesOf(values.scopes))],
  };
}

function namesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}
