export type TestClock = { now(): number; advance(ms: number): void };

/** A clock that goes on only when the test says so. Starts at the machine's time, since certificates and TLS look there. */
export function createTestClock(startMs = Date.now()): TestClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}
