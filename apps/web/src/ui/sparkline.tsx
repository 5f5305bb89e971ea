import type { ReactNode } from 'react';

import { useWidth } from './use-width.ts';

const HEIGHT = 24;
const GAP = 1;
/** What isn't nothing is seen, however little it is beside the most. */
const LEAST_HEIGHT = 2;

export type SparklineProps = {
  values: readonly number[];
  /** The part of each value that is marked. */
  marked: readonly number[];
  /** What it shows, for who doesn't see it. */
  label: string;
};

/** A few bars in a cell: how something went, without its figures. */
export function Sparkline({ values, marked, label }: SparklineProps): ReactNode {
  const [ref, width] = useWidth<HTMLDivElement>();
  const most = Math.max(1, ...values);
  const step = width / values.length;
  const heightOf = (value: number) => (value === 0 ? 0 : Math.max(LEAST_HEIGHT, (value / most) * HEIGHT));
  const bar = (value: number, at: number, series: 'all' | 'marked') =>
    value > 0 && (
      <rect
        key={`${series}${at}`}
        data-series={series}
        x={at * step}
        y={HEIGHT - heightOf(value)}
        width={Math.max(1, step - GAP)}
        height={heightOf(value)}
      />
    );
  return (
    <div className="sparkline" ref={ref}>
      <svg role="img" aria-label={label} width={width} height={HEIGHT}>
        <title>{label}</title>
        <line x1={0} x2={width} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
        {values.map((value, at) => bar(value, at, 'all'))}
        {marked.map((value, at) => bar(value, at, 'marked'))}
      </svg>
    </div>
  );
}
