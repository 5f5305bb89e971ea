/** The environment's variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Fault = { variable: string; must: string };

/** What the operator must mend, all of it in one message. It never holds a value: some of them are secrets. */
export class ConfigError extends Error {
  /** The variables that are missing or bad, each once. */
  readonly variables: readonly string[];

  constructor(faults: readonly Fault[]) {
    const lines = faults.map(({ variable, must }) => `  ${variable} ${must}`);
    super(["This configuration can't be used:", ...lines].join('\n'));
    this.name = 'ConfigError';
    this.variables = [...new Set(faults.map(({ variable }) => variable))];
  }
}

/** Reads variables one by one and keeps what is wrong with them, so that the whole is judged at once. */
export class Reading {
  readonly #environment: Environment;
  readonly #faults: Fault[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** An empty variable counts as unset: compose files write it so. */
  text(variable: string): string | null {
    return this.#environment[variable]?.trim() || null;
  }

  /** As it is, spaces at its ends included: for passwords. */
  exactText(variable: string): string | null {
    return this.#environment[variable] || null;
  }

  /** `must` goes on where the variable's name ends: `must be a whole number.` */
  refuse(variable: string, must: string): null {
    this.#faults.push({ variable, must });
    return null;
  }

  /** `unset` where the variable is; otherwise what `parse` makes of it, and a fault where that is null. */
  parsed<Value, Unset>(
    variable: string,
    unset: Unset,
    parse: (text: string) => Value | null,
    must: string,
  ): Value | Unset {
    const text = this.text(variable);
    if (text === null) return unset;
    const value = parse(text);
    if (value === null) this.refuse(variable, must);
    return value ?? unset;
  }

  /** Throws a ConfigError when anything was refused. */
  judge(): void {
    if (this.#faults.length > 0) throw new ConfigError(this.#faults);
  }
}
