type WritesNeeds = { everyMs: number; due: () => Promise<void>; onFailure: (error: unknown) => void };

/** For what is gathered in memory: writes what is due now and then, one write after the other. */
export function startWrites({ everyMs, due, onFailure }: WritesNeeds) {
  let writing = Promise.resolve();
  const timer = setInterval(() => void due().catch(onFailure), everyMs);
  timer.unref();

  return {
    /** Whoever waits for it knows that everything until then is written, or that it failed. */
    afterOthers(write: () => Promise<void>): Promise<void> {
      writing = writing.catch(() => undefined).then(write);
      return writing;
    },
    /** With the last write. It never throws: what comes after it in closing has to happen whether or not the database is there. */
    async close(last: () => Promise<void>): Promise<void> {
      clearInterval(timer);
      await last().catch(onFailure);
    },
  };
}
