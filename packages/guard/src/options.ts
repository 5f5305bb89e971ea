import { isLoopbackHost, parseApiKey, parseOrigin } from '@latchkey/credentials';

export type GuardOptions = {
  /** Latchkey's public address, as it prints it at the start: `https://id.example.com`. */
  issuer: string;
  /** Your API's own address, as it is registered at Latchkey. A token for any other is refused. */
  audience: string;
  /** How API keys are asked about. Without it, only access tokens are accepted. */
  introspection?: Introspection | undefined;
  /** What happens when Latchkey doesn't answer: everything is refused, or tokens that were verified before still work until they expire. */
  whenAway?: 'refuse' | 'acceptVerifiedTokens' | undefined;
  /** How long Latchkey's public keys are believed before they are fetched again. */
  signingKeysMaxAgeMs?: number | undefined;
  /** How many verified tokens are remembered, so that a signature is checked once. */
  verifiedTokensMax?: number | undefined;
  /** How long one question to Latchkey may take. */
  timeoutMs?: number | undefined;
  /** What time it is. For tests. */
  clock?: (() => number) | undefined;
};

export type Introspection = {
  /** Your service's own API key, with the permission `api_keys:verify`. */
  apiKey: string;
  /** How long an answer about a key may be used again. A revoked key works for so long at most; 0 asks each time. */
  apiKeyCacheMaxAgeMs?: number | undefined;
  apiKeyCacheMaxEntries?: number | undefined;
};

/** The options, checked, with nothing left open. */
export type Settings = {
  readonly issuer: string;
  readonly audience: string;
  readonly introspection: Readonly<
    Required<{ [Name in keyof Introspection]: NonNullable<Introspection[Name]> }>
  > | null;
  readonly whenAway: 'refuse' | 'acceptVerifiedTokens';
  readonly signingKeysMaxAgeMs: number;
  readonly verifiedTokensMax: number;
  readonly timeoutMs: number;
  readonly clock: () => number;
};

/** Throws `TypeError` for what can't be meant, so that a wrong option shows at the start and not at the first call. */
export function settingsOf(options: GuardOptions): Settings {
  const { introspection, whenAway = 'refuse', clock = Date.now } = options;
  requireOption(['refuse', 'acceptVerifiedTokens'].includes(whenAway), 'whenAway', 'refuse or acceptVerifiedTokens');
  requireOption(typeof options.audience === 'string' && options.audience !== '', 'audience', "your API's address");
  return {
    issuer: requireIssuer(options.issuer),
    audience: options.audience,
    introspection: introspection === undefined ? null : introspectionOf(introspection),
    whenAway,
    signingKeysMaxAgeMs: wholeNumber('signingKeysMaxAgeMs', options.signingKeysMaxAgeMs ?? 5 * 60_000, 1),
    verifiedTokensMax: wholeNumber('verifiedTokensMax', options.verifiedTokensMax ?? 10_000, 1),
    timeoutMs: wholeNumber('timeoutMs', options.timeoutMs ?? 5_000, 1),
    clock,
  };
}

function introspectionOf({ apiKey, apiKeyCacheMaxAgeMs = 0, apiKeyCacheMaxEntries = 1_000 }: Introspection) {
  requireOption(parseApiKey(apiKey) !== null, 'introspection.apiKey', 'an API key, whole and without spaces: lk_…');
  return {
    apiKey,
    apiKeyCacheMaxAgeMs: wholeNumber('introspection.apiKeyCacheMaxAgeMs', apiKeyCacheMaxAgeMs, 0),
    apiKeyCacheMaxEntries: wholeNumber('introspection.apiKeyCacheMaxEntries', apiKeyCacheMaxEntries, 1),
  };
}

/** Over plain HTTP anybody on the way could answer in Latchkey's name. */
function requireIssuer(issuer: string): string {
  requireOption(parseOrigin(issuer) === issuer, 'issuer', 'an origin such as https://id.example.com, without a slash');
  const { protocol, hostname } = new URL(issuer);
  requireOption(protocol === 'https:' || isLoopbackHost(hostname), 'issuer', 'https: unless it is on this machine');
  return issuer;
}

function wholeNumber(name: string, value: number, minimum: number): number {
  requireOption(Number.isSafeInteger(value) && value >= minimum, name, `a whole number from ${minimum}`);
  return value;
}

function requireOption(holds: boolean, name: string, must: string): void {
  // The value isn't shown, for it may be a key.
  if (!holds) throw new TypeError(`The guard's ${name} must be ${must}.`);
}
