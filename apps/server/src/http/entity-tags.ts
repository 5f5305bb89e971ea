import type { FastifyRequest } from 'fastify';

/** Whether the client has what this tag names: RFC 9110 section 13.1.2, a list of tags, compared weakly. */
export function holdsTag({ headers }: FastifyRequest, etag: string): boolean {
  const held = headers['if-none-match']?.split(',').map((tag) => strong(tag.trim())) ?? [];
  return held.includes('*') || held.includes(strong(etag));
}

function strong(tag: string): string {
  return tag.replace(/^W\//, '');
}
