/**
 * The one-time token of the link that led here. It is taken out of the address bar at once, so that it stays in no
 * history, bookmark or picture of the screen.
 */
export function takeFragmentToken(): string | null {
  const token = location.hash.slice(1);
  if (!token) return null;
  history.replaceState(null, '', location.pathname);
  return token;
}
