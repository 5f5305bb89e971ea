type LooksNeeds = { everyMs: number; look: () => Promise<void>; onFailure: (error: unknown) => void };

/**
 * Looks whether there is something to do, one look after the other: whoever waits for one knows that all that was there until
 * then is dealt with. Now and then by itself, once it was started.
 */
export function createLooks({ everyMs, look, onFailure }: LooksNeeds) {
  let looking = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const lookNext = (): Promise<void> => (looking = looking.then(look).catch(onFailure));

  return {
    look: lookNext,
    start(): void {
      timer = setInterval(() => void lookNext(), everyMs).unref();
    },
    async close(): Promise<void> {
      clearInterval(timer);
      await looking;
    },
  };
}
