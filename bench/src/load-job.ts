/** One request as it goes over the wire, and what its answer's body must hold. */
export type LoadRequest = { text: string; holds: string };

export type LoadJob = {
  port: number;
  /** Whose time is counted. */
  pid: number;
  connections: number;
  /** Of the time before it is measured, which ends when the server costs no less any more. */
  longestWarmUpMs: number;
  measureMs: number;
  /** Taken one after the other over all connections, from the first again after the last. */
  requests: readonly LoadRequest[];
  /** Sent once, in the middle of the measured time; whatever is sent after its answer must be refused with 401. */
  revocation?: { text: string };
};

export type LoadResult = {
  requests: number;
  seconds: number;
  cpuMicroseconds: number;
  residentMegabytes: number;
  p50Ms: number;
  p99Ms: number;
  /** Empty when every answer was right; else the first few that weren't. */
  wrong: string[];
  revocation: RevocationResult | null;
};

export type RevocationResult = {
  acceptedBefore: number;
  /** On their way while the revocation was: either answer is right. */
  during: number;
  refusedAfter: number;
  acceptedAfter: number;
  /** From the revocation's answer to the answer of the next request that was sent. */
  nextAnswer: { status: number; afterMs: number } | null;
};
