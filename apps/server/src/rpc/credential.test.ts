import { formatApiKey } from '@latchkey/credentials';
import type { ApiKeyId } from '@latchkey/schemas';
import { describe, expect, it } from 'vitest';

import { API_KEY_COOKIE, SESSION_COOKIE } from '../http/index.ts';
import { parseCookies, readCredential, type CredentialPlaces } from './credential.ts';

const KEY = formatApiKey('a'.repeat(22) as ApiKeyId, 'b'.repeat(43));
const nothing: CredentialPlaces = {
  authorization: undefined,
  apiKeyHeader: undefined,
  apiKeyQuery: undefined,
  cookies: new Map(),
};
const cookies = (header: string) => parseCookies(header);

describe('a request’s credential', () => {
  it('is told by its shape', () => {
    expect(readCredential(nothing)).toEqual({ kind: 'none' });
    expect(readCredential({ ...nothing, authorization: `Bearer ${KEY}` })).toMatchObject({
      kind: 'api_key',
      carrier: 'header',
    });
    expect(readCredential({ ...nothing, authorization: 'bearer a.b.c' })).toEqual({
      kind: 'access_token',
      text: 'a.b.c',
    });
    expect(readCredential({ ...nothing, apiKeyHeader: KEY })).toMatchObject({ kind: 'api_key', carrier: 'header' });
    expect(readCredential({ ...nothing, apiKeyQuery: KEY })).toMatchObject({ kind: 'api_key', carrier: 'query' });
    expect(readCredential({ ...nothing, cookies: cookies(`${SESSION_COOKIE}=sealed`) })).toEqual({
      kind: 'session',
      sealed: 'sealed',
    });
    expect(readCredential({ ...nothing, cookies: cookies(`${API_KEY_COOKIE}=${KEY}`) })).toMatchObject({
      carrier: 'cookie',
    });
  });

  it('is refused when two explicit ones come', () => {
    for (const two of [
      { authorization: 'Bearer a.b.c', apiKeyHeader: KEY },
      { apiKeyHeader: KEY, apiKeyQuery: KEY },
      { authorization: [`Bearer ${KEY}`, `Bearer ${KEY}`] },
      { apiKeyHeader: [KEY, KEY] },
      { apiKeyQuery: [KEY, KEY] },
    ]) {
      expect(() => readCredential({ ...nothing, ...two })).toThrow(
        expect.objectContaining({ code: 'credential_ambiguous' }),
      );
    }
  });

  it('is the header’s when cookies come as well', () => {
    const both = { ...nothing, apiKeyHeader: KEY, cookies: cookies(`${SESSION_COOKIE}=sealed`) };
    expect(readCredential(both)).toMatchObject({ kind: 'api_key', carrier: 'header' });
  });

  it('is refused when a cookie comes twice', () => {
    const twice = { ...nothing, cookies: cookies(`${SESSION_COOKIE}=one; ${SESSION_COOKIE}=two`) };
    expect(() => readCredential(twice)).toThrow(expect.objectContaining({ code: 'credential_ambiguous' }));
  });

  it('is never missing where a header is there but can’t be read [B19]', () => {
    for (const authorization of ['', 'Bearer', 'Basic YTpi', 'Bearer a b', 'a.b.c']) {
      expect(() => readCredential({ ...nothing, authorization })).toThrow(
        expect.objectContaining({ code: 'token_invalid' }),
      );
    }
  });
});
