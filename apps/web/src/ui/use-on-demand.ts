import { useState } from 'react';

/**
 * A part that is loaded once somebody turns to it. Until it is here what stands in its place stays mounted, and with it
 * the focus and what was typed. A part that can't be loaded is asked for again by the next press.
 */
export function useOnDemand<Part>(load: () => Promise<Part>): [Part | null, () => void] {
  const [part, setPart] = useState<Part | null>(null);
  const want = () =>
    load().then(
      (loaded) => setPart(() => loaded),
      () => undefined,
    );
  return [part, () => void want()];
}
