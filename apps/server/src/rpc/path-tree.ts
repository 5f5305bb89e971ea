type Step<Value> = {
  readonly byText: Map<string, Step<Value>>;
  named: { readonly name: string; readonly step: Step<Value> } | null;
  value: Value | null;
};

function newStep<Value>(): Step<Value> {
  return { byText: new Map(), named: null, value: null };
}

/** Paths such as `/things/{id}/turn`, each with a value. A step that is there by its text goes before one with a name. */
export class PathTree<Value> {
  readonly #root = newStep<Value>();

  add(path: string, value: Value): void {
    let step = this.#root;
    for (const part of path.split('/')) step = stepAfter(step, part);
    step.value = value;
  }

  /** With what the path gives by each name. It is a plain one, so nothing in it is encoded. */
  find(path: string): { value: Value; params: Record<string, string> } | null {
    const params: Record<string, string> = {};
    let step = this.#root;
    for (const part of path.split('/')) {
      const exact = step.byText.get(part);
      if (exact) {
        step = exact;
      } else if (step.named) {
        params[step.named.name] = part;
        ({ step } = step.named);
      } else return null;
    }
    return step.value === null ? null : { value: step.value, params };
  }
}

function stepAfter<Value>(step: Step<Value>, part: string): Step<Value> {
  const name = /^\{(\w+)\}$/.exec(part)?.[1];
  if (name === undefined) {
    const next = step.byText.get(part) ?? newStep();
    step.byText.set(part, next);
    return next;
  }
  step.named ??= { name, step: newStep() };
  if (step.named.name !== name) throw new Error(`one place in a path has two names: ${step.named.name}, ${name}`);
  return step.named.step;
}
