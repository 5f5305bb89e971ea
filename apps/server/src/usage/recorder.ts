import type { Audit } from '../audit/index.ts';
import { writeInSlices, type Storage, type Tx } from '../storage/index.ts';
import { DAY_MS, HOUR_MS, SECOND_MS, startWrites, type Clock } from '../time/index.ts';
import { createElsewhere } from './elsewhere.ts';
import { Gathering, type KeyUse } from './gathering.ts';
import * as rows from './rows.ts';
import { sourceRows } from './source-rows.ts';

/** How often what is counted by procedure and hour is written, while no more than so many things are remembered: some 300 keys in use. */
const WRITE_EACH_MS = SECOND_MS;
const LITTLE = 1_000;

/**
 * After so many times all is written, counts by day and sources too, and after so many where more is remembered: thousands of keys
 * write a lot, and each write costs the readers. A kill of the process, or a write that fails, loses no more than what was to be written.
 */
const TICKS_TO_ALL = 10;
const TICKS_TO_MUCH = 60;

/**
 * So many things are remembered; then a write begins at once, and as many again may come while it isn't done. What comes
 * beyond that isn't counted, and the log says how much it was.
 */
export const REMEMBERED_AT_MOST = 50_000;

export const HOURS_KEPT_MS = 90 * DAY_MS;
const DAYS_KEPT_MS = 400 * DAY_MS;
const REMOVED_AT_ONCE = 2_000;

const SOURCES_KEPT = 50;

export type RecorderNeeds = { storage: Storage; audit: Audit; clock: Clock; onFailure: (error: unknown) => void };

/** Gathers what keys do and writes it once a second, or once a minute: few statements, however many calls there were. */
export function createRecorder({ storage, audit, clock, onFailure }: RecorderNeeds) {
  const noteElsewhere = createElsewhere(audit);
  let gathering = new Gathering(hourOf(clock()));
  /** What is to be written in full: its hour is over, or it is as much as may be remembered, or it was time. */
  const ripe: Gathering[] = [];
  let lost = 0;
  let ticks = 0;
  let sweptHourMs = 0;
  const writes = startWrites({ everyMs: WRITE_EACH_MS, due: tick, onFailure });

  function ripen(): void {
    if (gathering.keys.size > 0) ripe.push(gathering);
    gathering = new Gathering(hourOf(clock()));
    ticks = 0;
  }

  const write = (): Promise<void> => writes.afterOthers(writeGathered);

  async function writeGathered(): Promise<void> {
    reportLost();
    // It counts as remembered until it is written.
    for (let first = ripe[0]; first !== undefined; first = ripe[0]) {
      try {
        await writeAll(first);
      } finally {
        ripe.shift();
      }
    }
    if (gathering.size <= LITTLE) await writeHours(gathering);
    await sweepOnceAnHour();
  }

  async function writeAll(from: Gathering): Promise<void> {
    await writeHours(from);
    await writeDays(from);
    await writeSources(from);
  }

  async function writeHours(from: Gathering): Promise<void> {
    const added = from.takeProcedures().map(({ counts, ...of }) => ({ ...of, hourMs: from.hourMs, ...counts }));
    await writeRows(added, rows.addHours);
  }

  async function writeDays({ keys, hourMs }: Gathering): Promise<void> {
    const dayMs = hourMs - (hourMs % DAY_MS);
    await writeRows(
      [...keys].map(([apiKeyId, { counts }]) => ({ apiKeyId, dayMs, ...counts })),
      rows.addDays,
    );
  }

  async function writeSources({ keys }: Gathering): Promise<void> {
    const nowMs = clock();
    await writeRows(
      [...keys].flatMap(([id, { sources }]) => sourceRows(id, sources, nowMs)),
      async (tx, part) => {
        // From where a key was used went with its account.
        const ofClosed = await rows.keysOfClosed(tx, [...new Set(part.map(({ apiKeyId }) => apiKeyId))]);
        const kept = part.filter(({ apiKeyId }) => !ofClosed.has(apiKeyId));
        const seenAnew = await rows.addSources(tx, kept);
        await noteElsewhere(tx, keys, seenAnew, nowMs);
        const withMore = await rows.keysWithMoreSources(tx, seenAnew, SOURCES_KEPT);
        for (const id of withMore) await rows.trimSources(tx, id, SOURCES_KEPT);
      },
    );
  }

  function writeRows<Row extends { apiKeyId: string }>(
    added: readonly Row[],
    add: (tx: Tx, some: readonly Row[]) => Promise<void>,
  ): Promise<void> {
    return writeInSlices(storage, added, { idOf: ({ apiKeyId }) => apiKeyId, write: add });
  }

  async function sweepOnceAnHour(): Promise<void> {
    const hourMs = hourOf(clock());
    if (sweptHourMs === hourMs) return;
    const removed = await storage.transact(async (tx) => {
      const hours = await rows.removeHours(tx, hourMs - HOURS_KEPT_MS, REMOVED_AT_ONCE);
      return Math.max(hours, await rows.removeDays(tx, hourMs - DAYS_KEPT_MS, REMOVED_AT_ONCE));
    });
    if (removed < REMOVED_AT_ONCE) sweptHourMs = hourMs;
  }

  function reportLost(): void {
    if (lost === 0) return;
    onFailure(new Error(`${lost} calls of API keys weren't counted: the database took too long`));
    lost = 0;
  }

  function tick(): Promise<void> {
    ticks += 1;
    if (ticks >= (gathering.size <= LITTLE ? TICKS_TO_ALL : TICKS_TO_MUCH)) ripen();
    return write();
  }

  function flush(): Promise<void> {
    ripen();
    return write();
  }

  return {
    /** On the path of every call that a key makes: it waits for nothing. */
    record(use: KeyUse): void {
      const isFull = gathering.size >= REMEMBERED_AT_MOST;
      if (isFull && ripe.length > 0) {
        lost += 1;
        return;
      }
      if (isFull || clock() - gathering.hourMs >= HOUR_MS) ripen();
      if (isFull) void write().catch(onFailure);
      gathering.add(use);
    },
    /** How many things are remembered now. */
    remembered: (): number => ripe.reduce((sum, { size }) => sum + size, gathering.size),
    flush,
    close: () => writes.close(flush),
  };
}

export type Recorder = ReturnType<typeof createRecorder>;

function hourOf(atMs: number): number {
  return atMs - (atMs % HOUR_MS);
}
