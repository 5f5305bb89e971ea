import { safeNextPath } from '../words/next-path.ts';

/** To where the person was going, now that they are signed in. */
export function goOn(): void {
  location.replace(safeNextPath(new URLSearchParams(location.search).get('next'), location.origin));
}
