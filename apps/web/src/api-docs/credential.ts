/** What "Try it" sends along. A key or token is kept in this page's memory alone, and goes with it. */
export type Credential =
  | { kind: 'none' }
  | { kind: 'session' }
  | { kind: 'api_key'; text: string }
  | { kind: 'access_token'; text: string };

export const CREDENTIAL_WORDS = {
  none: 'No credential',
  session: 'Your session in this browser',
  api_key: 'An API key',
  access_token: 'An access token',
} as const satisfies Record<Credential['kind'], string>;

type Call = { method: string; path: string; body: string | null };

function headersOf(credential: Credential, body: string | null): Record<string, string> {
  return {
    ...(body === null ? {} : { 'Content-Type': 'application/json' }),
    ...(credential.kind === 'api_key' ? { 'X-API-Key': credential.text } : {}),
    ...(credential.kind === 'access_token' ? { Authorization: `Bearer ${credential.text}` } : {}),
  };
}

export type Answer = { status: number; ms: number; headers: [name: string, value: string][]; body: string };

const SHOWN_HEADERS = ['content-type', 'x-request-id', 'www-authenticate', 'retry-after'];

/** Calls this server. The session's cookie goes along only when it was chosen; the browser says by itself where the call comes from. */
export async function send(credential: Credential, { method, path, body }: Call): Promise<Answer> {
  const startedMs = performance.now();
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: headersOf(credential, body),
    credentials: credential.kind === 'session' ? 'same-origin' : 'omit',
    ...(body !== null && { body }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    ms: Math.round(performance.now() - startedMs),
    headers: SHOWN_HEADERS.flatMap((name): [string, string][] => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
    body: pretty(text),
  };
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const PLACEHOLDERS = { api_key: { 'X-API-Key': '$KEY' }, access_token: { Authorization: 'Bearer $TOKEN' } };

/** The same call for a shell. It names variables instead of the secret: the line may be kept or shared. */
export function curlLine(credential: Credential, serverUrl: string, { method, path, body }: Call): string {
  const withCookie = credential.kind === 'session';
  const headers: Record<string, string> = {
    ...(credential.kind === 'api_key' || credential.kind === 'access_token' ? PLACEHOLDERS[credential.kind] : {}),
    ...(withCookie ? { Cookie: '__Host-latchkey=$SESSION' } : {}),
    ...(withCookie && method !== 'GET' ? { Origin: new URL(serverUrl).origin } : {}),
    ...(body === null ? {} : { 'Content-Type': 'application/json' }),
  };
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`}`,
    ...Object.entries(headers).map(([name, value]) => `-H "${name}: ${value}"`),
    ...(body === null ? [] : [`-d '${body.replaceAll("'", String.raw`'\''`)}'`]),
    `'${serverUrl}${path}'`,
  ].join(' ');
}
