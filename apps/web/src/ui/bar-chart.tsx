import type { ReactNode } from 'react';

import { numberWords } from '../words/time-words.ts';
import { useWidth } from './use-width.ts';

const HEIGHT = 176;
const ABOVE = 20;
const BELOW = 24;
const GAP = 2;
const WIDEST_BAR = 40;
/** No two labels of the time closer than this. */
const LABEL_WIDTH = 84;

export type Series<Name extends string> = { name: Name; label: string };
export type Bar<Name extends string> = { key: number; label: string; short: string; values: Record<Name, number> };

export type BarChartProps<Name extends string> = {
  /** What it shows, in a sentence. Its figures stand in a table beside it. */
  label: string;
  /** From the lowest part of a bar to its highest. */
  series: readonly Series<Name>[];
  bars: readonly Bar<Name>[];
};

/** Bars of parts, drawn in the width that there is. */
export function BarChart<Name extends string>({ label, series, bars }: BarChartProps<Name>): ReactNode {
  const [ref, width] = useWidth<HTMLDivElement>();
  const sums = bars.map(({ values }) => series.reduce((sum, { name }) => sum + values[name], 0));
  const top = roundUp(Math.max(...sums));
  const step = width / Math.max(1, bars.length);
  return (
    <div className="bar-chart" ref={ref}>
      <svg role="img" aria-label={label} width={width} height={HEIGHT}>
        <line className="bar-chart-top" x1={0} x2={width} y1={ABOVE} y2={ABOVE} />
        <text x={0} y={ABOVE - 6}>
          {numberWords(top)}
        </text>
        {bars.map((bar, at) => (
          <Stack
            key={bar.key}
            bar={bar}
            series={series}
            scale={(HEIGHT - ABOVE - BELOW) / top}
            left={at * step}
            step={step}
          />
        ))}
        <line className="bar-chart-zero" x1={0} x2={width} y1={HEIGHT - BELOW} y2={HEIGHT - BELOW} />
        <TimeLabels bars={bars} step={step} width={width} />
      </svg>
    </div>
  );
}

type StackProps<Name extends string> = {
  bar: Bar<Name>;
  series: readonly Series<Name>[];
  scale: number;
  left: number;
  step: number;
};

function Stack<Name extends string>({ bar, series, scale, left, step }: StackProps<Name>): ReactNode {
  const width = Math.min(WIDEST_BAR, Math.max(1, step - GAP));
  const x = left + (step - width) / 2;
  let y = HEIGHT - BELOW;
  const parts = series.map(({ name }) => {
    const height = bar.values[name] * scale;
    y -= height;
    return height > 0 && <rect key={name} data-series={name} x={x} y={y} width={width} height={height} />;
  });
  return (
    <g className="bar">
      <title>{bar.label}</title>
      <rect className="bar-whole" x={left} y={ABOVE} width={step} height={HEIGHT - ABOVE - BELOW} />
      {parts}
    </g>
  );
}

function TimeLabels<Name extends string>(props: {
  bars: readonly Bar<Name>[];
  step: number;
  width: number;
}): ReactNode {
  const { bars, step, width } = props;
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / Math.max(step, 1)));
  // Counted from the end, since the present is what people look at.
  const labelled = bars.map((bar, at) => ({ bar, at })).filter(({ at }) => (bars.length - 1 - at) % every === 0);
  return labelled.map(({ bar, at }) => {
    const isLast = at === bars.length - 1;
    const x = isLast ? width : at * step + step / 2;
    if (!isLast && (x < LABEL_WIDTH / 2 || x > width - 1.5 * LABEL_WIDTH)) return null;
    return (
      <text key={bar.key} x={x} y={HEIGHT - 6} textAnchor={isLast ? 'end' : 'middle'}>
        {bar.short}
      </text>
    );
  });
}

/** The next number of 1, 2 or 5 and zeroes. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 2, 5, 10].find((each) => each * power >= value) ?? 10) * power;
}

export function Legend<Name extends string>({ series }: { series: readonly Series<Name>[] }): ReactNode {
  return (
    <ul className="legend" role="list">
      {series.map(({ name, label }) => (
        <li key={name}>
          <span className="legend-mark" data-series={name} />
          {label}
        </li>
      ))}
    </ul>
  );
}
