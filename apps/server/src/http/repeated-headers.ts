import type { IncomingMessage } from 'node:http';

/** Each time that it comes: of several `Authorization` or `Host` headers, Node shows the first alone, and a proxy may look at another. */
export function headersNamed(name: string, { rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
