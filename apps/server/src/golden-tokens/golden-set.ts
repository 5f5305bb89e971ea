import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { ACCESS_TOKEN_TYPE } from '@latchkey/credentials';

import { SESSION_TOKEN_TYPE } from '../sessions/index.ts';
import { HOUR_MS, SECOND_MS } from '../time/index.ts';
import { byEs256, byHs256, byRs256, bytes, encode, jws, type Sign } from './jws.ts';

export type GoldenToken = {
  name: string;
  /** What a service that verifies well does with it. */
  verdict: 'accept' | 'refuse';
  /** What is right or wrong with it, and who says so. */
  why: string;
  token: string;
};

type Key = { kid: string; key: KeyObject };
export type Mint = {
  issuer: string;
  audience: string;
  /** The claims of a good token. `jti` is made anew for each. */
  claims: () => Record<string, unknown>;
  nowSeconds: number;
  /** What signs access tokens, and what signs ID tokens. */
  es256: Key;
  rs256: Key;
};
type Case = [name: string, why: string, token: string];

const HOUR_SECONDS = HOUR_MS / SECOND_MS;
const STRANGER = 'https://evil.example';
const EXTENSION = 'urn:example:unknown';

/** Every token here differs from a good one in one thing alone, so that whoever accepts it doesn't look at that one. */
export function goldenSet(mint: Mint): GoldenToken[] {
  const bad = [timesOf, placesOf, missingFrom, kindsOf, algorithmsOf, keysOf, headersOf, tamperedWith, garbled];
  const as = (verdict: GoldenToken['verdict'], cases: readonly Case[]) =>
    cases.map(([name, why, token]): GoldenToken => ({ name, verdict, why, token }));
  const refused = bad.flatMap((cases) => cases(mint));
  return [...as('accept', goodOnes(mint)), ...as('refuse', refused)];
}

/** A good token, but for these parts. What is undefined is left out. */
function tokenWith(
  { es256, claims }: Mint,
  { header = {}, payload = {}, sign = byEs256(es256.key) }: Odd = {},
): string {
  return jws({ alg: 'ES256', typ: ACCESS_TOKEN_TYPE, kid: es256.kid, ...header }, { ...claims(), ...payload }, sign);
}

type Odd = { header?: Record<string, unknown>; payload?: Record<string, unknown>; sign?: Sign };

function goodOnes(mint: Mint): Case[] {
  const { audience, nowSeconds } = mint;
  const list = tokenWith(mint, { payload: { aud: [STRANGER, audience] } });
  const unknown = tokenWith(mint, { payload: { [EXTENSION]: { a: 1 } } });
  return [
    ['good', 'Right in everything.', tokenWith(mint)],
    ['good_audience_list', 'Your API is one of several audiences: RFC 7519 section 4.1.3.', list],
    ['good_unknown_claim', 'A claim that isn’t understood is ignored: RFC 7519 section 4.', unknown],
    ['good_not_before', 'Valid since now: RFC 7519 section 4.1.5.', tokenWith(mint, { payload: { nbf: nowSeconds } })],
  ];
}

function timesOf(mint: Mint): Case[] {
  const [before, after] = [mint.nowSeconds - HOUR_SECONDS, mint.nowSeconds + HOUR_SECONDS];
  const expired = tokenWith(mint, { payload: { iat: before - HOUR_SECONDS, exp: before } });
  return [
    ['expired', 'Ended an hour ago: RFC 7519 section 4.1.4.', expired],
    ['not_yet_valid', 'Begins in an hour: RFC 7519 section 4.1.5.', tokenWith(mint, { payload: { nbf: after } })],
  ];
}

function placesOf(mint: Mint): Case[] {
  const { issuer, audience } = mint;
  const because = (clause: string) => `${clause} is compared as it is: RFC 9068 section 4.`;
  return [
    ['wrong_audience', 'For another API: RFC 9068 section 4.', tokenWith(mint, { payload: { aud: STRANGER } })],
    ['audience_prefix', because('The audience'), tokenWith(mint, { payload: { aud: `${audience}.evil.example` } })],
    ['wrong_issuer', 'By another issuer: RFC 9068 section 4.', tokenWith(mint, { payload: { iss: STRANGER } })],
    ['issuer_slash', because('The issuer'), tokenWith(mint, { payload: { iss: `${issuer}/` } })],
  ];
}

function missingFrom(mint: Mint): Case[] {
  return ['iss', 'sub', 'aud', 'exp', 'iat', 'jti'].map((claim) => [
    `without_${claim}`,
    `${claim} is required: RFC 9068 section 2.2.`,
    tokenWith(mint, { payload: { [claim]: undefined } }),
  ]);
}

function kindsOf(mint: Mint): Case[] {
  const { rs256, claims } = mint;
  const ofType = (typ: string | undefined) => tokenWith(mint, { header: { typ } });
  const idClaims = { ...claims(), jti: undefined, scope: undefined, nonce: 'n', auth_time: mint.nowSeconds };
  const idToken = jws({ alg: 'RS256', typ: 'JWT', kid: rs256.kid }, idClaims, byRs256(rs256.key));
  return [
    ['id_token', 'An ID token isn’t for APIs: RFC 9068 section 5.', idToken],
    ['type_jwt', 'typ must be at+jwt: RFC 9068 section 4.', ofType('JWT')],
    ['type_missing', 'typ must be there: RFC 9068 section 4.', ofType(undefined)],
    ['session_token', 'Another kind of token of the same issuer: RFC 8725 section 3.11.', ofType(SESSION_TOKEN_TYPE)],
    ['logout_token', 'Another kind of token of the same issuer: RFC 8725 section 3.11.', ofType('logout+jwt')],
  ];
}

function algorithmsOf(mint: Mint): Case[] {
  const { es256, rs256 } = mint;
  const none = (alg: string) => tokenWith(mint, { header: { alg }, sign: bytes(Buffer.alloc(0)) });
  const confused = ({ kid, key }: Key) =>
    tokenWith(mint, { header: { alg: 'HS256', kid }, sign: byHs256(publicPemOf(key)) });
  const byRsa = (alg: string) => tokenWith(mint, { header: { alg, kid: rs256.kid }, sign: byRs256(rs256.key) });
  return [
    ['alg_none', 'No signature at all: RFC 8725 section 3.2.', none('none')],
    ['alg_none_in_odd_case', 'No signature at all: RFC 8725 section 3.2.', none('nOnE')],
    ['hs256_public_key', 'The public key as a shared secret: RFC 8725 section 2.1.', confused(es256)],
    ['hs256_rsa_public_key', 'The public key as a shared secret: RFC 8725 section 2.1.', confused(rs256)],
    ['alg_rs256', 'Access tokens are ES256 here: RFC 8725 section 3.1.', byRsa('RS256')],
    ['alg_not_of_its_key', 'ES256 with a key for RS256: RFC 8725 section 3.1.', byRsa('ES256')],
  ];
}

function keysOf(mint: Mint): Case[] {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sign = byEs256(privateKey);
  const forged = (header: Record<string, unknown>) => tokenWith(mint, { header, sign });
  const jwk = publicKey.export({ format: 'jwk' });
  const brought = 'A key that the token brings along is nobody’s: RFC 8725 section 3.10.';
  return [
    ['forged', 'Signed by somebody else’s key, under the name of ours.', forged({})],
    ['unknown_kid', 'Its key isn’t published.', forged({ kid: 'unknown' })],
    ['without_kid', 'Signed by somebody else’s key, which it doesn’t name.', forged({ kid: undefined })],
    ['embedded_key', brought, forged({ jwk })],
    ['embedded_key_alone', brought, forged({ kid: undefined, jwk })],
    ['key_from_elsewhere', brought, forged({ jku: `${STRANGER}/jwks.json`, kid: 'theirs' })],
  ];
}

function headersOf(mint: Mint): Case[] {
  const crit = (header: Record<string, unknown>) => tokenWith(mint, { header });
  const why = 'An extension that isn’t understood is refused: RFC 7515 section 4.1.11.';
  return [
    ['crit', why, crit({ crit: [EXTENSION], [EXTENSION]: true })],
    ['crit_empty', 'crit mustn’t be empty: RFC 7515 section 4.1.11.', crit({ crit: [] })],
  ];
}

function tamperedWith(mint: Mint): Case[] {
  const [header = '', payload = '', signature = ''] = tokenWith(mint).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const raised = encode(JSON.stringify({ ...claims, sub: 'somebody-else' }));
  const signed = (sign: Sign) => tokenWith(mint, { sign });
  const flipped = Buffer.from(signature, 'base64url').map((byte, index) => (index === 40 ? byte ^ 1 : byte));
  const why = 'The signature isn’t of this text.';
  const noSignature = 'That is no signature: RFC 7518 section 3.4.';
  return [
    ['tampered_payload', why, `${header}.${raised}.${signature}`],
    ['tampered_signature', why, `${header}.${payload}.${Buffer.from(flipped).toString('base64url')}`],
    ['signature_missing', noSignature, `${header}.${payload}.`],
    ['signature_cut_short', noSignature, `${header}.${payload}.${signature.slice(0, 40)}`],
    ['signature_of_zeros', 'Some libraries took it for right: CVE-2022-21449.', signed(bytes(Buffer.alloc(64)))],
    ['signature_in_der', noSignature, signed(byEs256(mint.es256.key, 'der'))],
  ];
}

function garbled(mint: Mint): Case[] {
  const [header = '', payload = '', signature = ''] = tokenWith(mint).split('.');
  const { kid, key } = mint.es256;
  const holding = (text: string) => jws({ alg: 'ES256', typ: ACCESS_TOKEN_TYPE, kid }, text, byEs256(key));
  const shape = 'A signed token has three parts: RFC 7515 section 7.1.';
  const object = 'Claims are a JSON object: RFC 7519 section 7.2.';
  return [
    ['two_parts', shape, `${header}.${payload}`],
    ['five_parts', shape, `${header}.${payload}.${signature}.${payload}.${signature}`],
    ['payload_no_json', object, holding('claims')],
    ['payload_list', object, holding(JSON.stringify([mint.claims()]))],
    ['header_no_json', 'The header is a JSON object: RFC 7515 section 4.', `${encode('{')}.${payload}.${signature}`],
  ];
}

function publicPemOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
}
