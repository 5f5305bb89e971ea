/** A query as it came: a name that came twice has a list. Without a prototype, so no name means anything by itself [B29]. */
export type Query = Record<string, string | string[]>;

/** The one reader of query strings, so that no two parts of the server can read one differently. */
export function parseQuery(text: string): Query {
  const query: Query = Object.create(null);
  if (text === '') return query;
  for (const [name, value] of new URLSearchParams(text)) {
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  return query;
}
