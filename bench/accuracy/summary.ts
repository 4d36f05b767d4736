import { clopperPearson } from '../../src/core/base/clopper-pearson.ts';
import type { Row } from './score.ts';
import type { Sizes } from './sections.ts';
import { line, percent, type Table } from './table.ts';

/** One row for each section: what a reader wants to know before the families. */
export function summaryOf(tables: readonly Table[], { good, bad, firstSeed }: Sizes): string {
  const names = tables[0]?.byJudge.map(({ name }) => name) ?? [];
  const head = ['recordings', 'healthy', 'false alarms', 'undecided', ...names.slice(1).map((name) => `${name}: false alarms`)];
  const found = ['recordings', 'bad', 'found', 'undecided', 'passed', ...names.slice(1).map((name) => `${name}: found`)];
  return [
    `Made-up families: ${good} healthy bakes and ${bad} bad ones for each effect, from seed ${firstSeed} on. Sets: all recordings.`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...tables.map((table) => line(healthyLine(table, names))),
    '',
    line(found),
    line(found.map(() => '---')),
    ...tables.filter(({ byJudge }) => totalOf(byJudge[0]?.rows, 'bad').n > 0).map((table) => line(badLine(table, names))),
  ].join('\n');
}

function healthyLine({ title, byJudge }: Table, names: readonly string[]): readonly string[] {
  const [own, ...others] = totals(byJudge, names, 'good');
  if (own === undefined) return [title];
  return [title, String(own.n), withInterval(own), percent(own.inconclusive / own.n), ...others.map(shareOf)];
}

function badLine({ title, byJudge }: Table, names: readonly string[]): readonly string[] {
  const [own, ...others] = totals(byJudge, names, 'bad');
  if (own === undefined) return [title];
  const passed = own.n - own.failed - own.inconclusive;
  return [title, String(own.n), withInterval(own), percent(own.inconclusive / own.n), percent(passed / own.n), ...others.map(shareOf)];
}

type Total = { readonly n: number; readonly failed: number; readonly inconclusive: number };

function totals(byJudge: Table['byJudge'], names: readonly string[], label: Row['label']): readonly Total[] {
  return names.map((name) => totalOf(byJudge.find((one) => one.name === name)?.rows, label));
}

function totalOf(rows: readonly Row[] | undefined, label: Row['label']): Total {
  const own = (rows ?? []).filter((row) => row.label === label);
  const sum = (of: (row: Row) => number) => own.reduce((total, row) => total + of(row), 0);
  return {
    n: sum(({ n }) => n),
    failed: sum(({ failed }) => failed),
    inconclusive: sum(({ n, inconclusive }) => Math.round(n * inconclusive)),
  };
}

function withInterval({ failed, n }: Total): string {
  const [low, high] = clopperPearson(failed, n, 0.025);
  return `${failed} = ${percent(failed / n)} (${percent(low)} to ${percent(high)})`;
}

function shareOf({ failed, n }: Total): string {
  return n === 0 ? '·' : percent(failed / n);
}
