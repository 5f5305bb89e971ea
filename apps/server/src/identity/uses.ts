/** The last uses that aren't written yet, each of which may be taken once in a while, and then not again for `eachOnceInMs`. */
export class Uses<Use extends { id: string; atMs: number }> {
  readonly #eachOnceInMs: number;
  readonly #pending = new Map<string, Use>();
  /** When the ids were taken, the one that was longest ago first. */
  readonly #taken = new Map<string, number>();

  constructor(eachOnceInMs: number) {
    this.#eachOnceInMs = eachOnceInMs;
  }

  note(use: Use): void {
    this.#pending.set(use.id, use);
  }

  takeDue(nowMs: number): Use[] {
    this.#forget(nowMs);
    const due = [...this.#pending.values()].filter(({ id }) => !this.#taken.has(id));
    for (const { id } of due) {
      this.#pending.delete(id);
      this.#taken.set(id, nowMs);
    }
    return due;
  }

  takeAll(): Use[] {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    return all;
  }

  /** What couldn't be written is due again, unless the credential was used since. */
  putBack(uses: readonly Use[]): void {
    for (const use of uses) {
      this.#taken.delete(use.id);
      if (!this.#pending.has(use.id)) this.#pending.set(use.id, use);
    }
  }

  #forget(nowMs: number): void {
    for (const [id, atMs] of this.#taken) {
      // A clock that was set back would hold them for long.
      if (atMs <= nowMs && nowMs - atMs < this.#eachOnceInMs) return;
      this.#taken.delete(id);
    }
  }
}
