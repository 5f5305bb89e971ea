import { parseArgs } from 'node:util';

export type Options = {
  /** Of the measured part of a run. */
  seconds: number;
  runs: number;
  /** Parts of the names of what is to be measured; empty: everything. */
  only: readonly string[];
  json: boolean;
  big: boolean;
  save: boolean;
};

export const USAGE = `npx -y pnpm bench [--only NAME,…] [--secs 8] [--runs 3] [--big] [--json] [--save]
  --only   rows whose kind or program contains one of these (jwt, key, cookie, sign-in, open, start, growth, revocation, express, …)
  --secs   seconds that each run is measured
  --big    growth up to 10,000,000 rows instead of 1,000,000 (some 10 GB of disk, made once)
  --json   one JSON object on standard output instead of tables
  --save   also writes bench/RESULTS.md`;

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      secs: { type: 'string', default: '8' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      big: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
    },
  });
  return {
    seconds: positive(values.secs),
    runs: positive(values.runs),
    only: values.only.split(',').flatMap((each) => each.trim().toLowerCase() || []),
    json: values.json,
    big: values.big,
    save: values.save,
  };
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`${text} is no number of seconds or runs.\n${USAGE}`);
  return number;
}

export function isWanted({ only }: Options, ...names: string[]): boolean {
  return only.length === 0 || only.some((each) => names.some((name) => name.toLowerCase().includes(each)));
}
