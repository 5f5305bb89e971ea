import type { Family, Sample } from './exposition.ts';

/** The families of one or several processes as if one had counted all, in the order of the first. */
export function familiesOfAll(reports: readonly (readonly Family[])[]): Family[] {
  const byName = Map.groupBy(reports.flat(), ({ name }) => name);
  return [...byName.values()].flatMap(([first, ...others]) =>
    first ? { ...first, samples: samplesOfAll([first, ...others]) } : [],
  );
}

function samplesOfAll(families: readonly Family[]): Sample[] {
  const found = new Map<string, Sample>();
  for (const { samples, among = 'sum' } of families) {
    for (const sample of samples) {
      const name = JSON.stringify([sample.suffix, sample.labels]);
      const before = found.get(name)?.value;
      if (before === undefined) found.set(name, sample);
      else
        found.set(name, { ...sample, value: among === 'sum' ? before + sample.value : Math.min(before, sample.value) });
    }
  }
  return [...found.values()];
}
