type LooksNeeds = { everyMs: number; look: () => Promise<void>; onFailure: (error: unknown) => void };

/**
 * Looks now and then whether there is something to do, one look after the other: whoever waits for one knows that all that
 * was there until then is dealt with.
 */
export function startLooks({ everyMs, look, onFailure }: LooksNeeds) {
  let looking = Promise.resolve();
  const lookNext = (): Promise<void> => (looking = looking.then(look).catch(onFailure));
  const timer = setInterval(() => void lookNext(), everyMs);
  timer.unref();

  return {
    look: lookNext,
    async close(): Promise<void> {
      clearInterval(timer);
      await looking;
    },
  };
}
