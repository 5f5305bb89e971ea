/** A request's body: JSON, or a form. */
type Sent = { headers?: Record<string, string>; body?: object };

/** A request as text, for keep-alive connections. */
export function requestText(method: string, path: string, { headers = {}, body }: Sent = {}): string {
  const { type, content } = encoded(body);
  const lines = Object.entries({
    host: 'localhost',
    ...headers,
    ...(body && { 'content-type': type, 'content-length': String(Buffer.byteLength(content)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${content}`;
}

/** One call, outside of any measurement. */
export async function call(
  port: number,
  method: string,
  path: string,
  { headers = {}, body }: Sent = {},
): Promise<{ body: string; cookie: string }> {
  const { type, content } = encoded(body);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': type }) },
    ...(body && { body: content }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
  const cookie = response.headers.getSetCookie().map((each) => each.split(';', 1)[0] ?? '');
  return { body: text, cookie: cookie.join('; ') };
}

function encoded(body: object | undefined): { type: string; content: string } {
  if (body instanceof URLSearchParams) {
    return { type: 'application/x-www-form-urlencoded', content: body.toString() };
  }
  return { type: 'application/json', content: body === undefined ? '' : JSON.stringify(body) };
}
