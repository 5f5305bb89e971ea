import type { Usage, UsageRange } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { BarChart, Legend } from '../../ui/bar-chart.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { numberWords } from '../../words/time-words.ts';
import { bucketWords, callsOf, procedureWords, RANGES, SERIES, totalWords } from './usage-words.ts';

type UsageCardProps = { id: string; range: UsageRange; onRange: (range: UsageRange) => void };

/** The same answer as a picture, as sums and as tables, so that they agree. */
export function UsageCard({ id, range, onRange }: UsageCardProps): ReactNode {
  const usage = trpc.apiKeys.usage.useQuery({ id, range }, { placeholderData: keepPreviousData });
  const rangeField = (
    <SelectField
      label={<span className="visually-hidden">Time</span>}
      options={RANGES}
      value={range}
      onChange={({ target }) => onRange(RANGES.find(({ value }) => value === target.value)?.value ?? range)}
    />
  );
  return (
    <Card title="Calls" lead={usage.data && totalWords(usage.data)} action={rangeField}>
      <Loaded query={usage} failed="The calls can't be shown" skeleton={<SkeletonRows rows={6} label="Loading" />}>
        {(data) => <Calls usage={data} />}
      </Loaded>
    </Card>
  );
}

function Calls({ usage }: { usage: Usage }): ReactNode {
  const bars = usage.buckets.map(({ atMs, ...values }) => {
    const short = bucketWords(atMs, usage.unit);
    const parts = SERIES.filter(({ name }) => values[name] > 0);
    const figures = parts.map(({ name, label }) => `${label}: ${numberWords(values[name])}`);
    return { key: atMs, short, values, label: [short, ...figures].join('\n') };
  });
  return (
    <>
      <BarChart label={`Calls by the ${usage.unit}. ${totalWords(usage)}`} series={SERIES} bars={bars} />
      <Legend series={SERIES} />
      {callsOf(usage.totals) > 0 && <Figures usage={usage} />}
    </>
  );
}

type Figure = Usage['totals'] & { key: string; title: string; total?: boolean };

function columnsOf(title: string): Column<Figure>[] {
  return [
    { key: 'title', title, kind: 'name', cell: (figure) => figure.title },
    ...SERIES.map(({ name, label }): Column<Figure> => ({
      key: name,
      title: label,
      align: 'end',
      cell: (figure) => numberWords(figure[name]),
    })),
    { key: 'calls', title: 'Calls', align: 'end', cell: (figure) => numberWords(callsOf(figure)) },
  ];
}

function Figures({ usage }: { usage: Usage }): ReactNode {
  const total: Figure = { ...usage.totals, key: 'total', title: 'Together' };
  const procedures = usage.procedures.map((each) => ({
    ...each,
    key: each.procedure,
    title: procedureWords(each.procedure),
  }));
  const times = usage.buckets
    .filter((each) => callsOf(each) > 0)
    .map((each) => ({ ...each, key: String(each.atMs), title: bucketWords(each.atMs, usage.unit) }));
  return (
    <>
      <FiguresTable label="Calls by procedure" title="Procedure" figures={[...procedures, total]} />
      <details className="figures">
        <summary>The picture as a table</summary>
        <FiguresTable
          label={`Calls by the ${usage.unit}`}
          title={usage.unit === 'hour' ? 'Hour' : 'Day (UTC)'}
          figures={[...times, total]}
        />
      </details>
    </>
  );
}

function FiguresTable({
  label,
  title,
  figures,
}: {
  label: string;
  title: string;
  figures: readonly Figure[];
}): ReactNode {
  return <Table label={label} columns={columnsOf(title)} rows={figures} rowKey={({ key }) => key} />;
}
