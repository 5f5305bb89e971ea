/** Where somebody was going, or `/`. Only a path of this origin: anything else is a redirect for a phisher. */
export function safeNextPath(next: string | null, origin: string): string {
  if (!next?.startsWith('/')) return '/';
  const url = URL.parse(next, origin);
  if (!url || url.origin !== origin || url.username || url.password) return '/';
  const path = url.pathname + url.search + url.hash;
  return path.startsWith('//') || /^\/sign-(?:in|up)(?:[?#/]|$)/.test(path) ? '/' : path;
}

/** The sign-in page, with the way back to `location`. */
export function signInHref(location: { pathname: string; search: string; hash: string }): string {
  const here = location.pathname + location.search + location.hash;
  return here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}
