import type { Row } from './score.ts';

/** The rows of one section, for each judge; a judge without a rule for these metrics has none. */
export type Table = { readonly title: string; readonly byJudge: readonly { readonly name: string; readonly rows: readonly Row[] }[] };

/** Healthy bakes first (failing is a false alarm), then bad ones (failing is right). */
export function tableOf({ title, byJudge }: Table): string {
  const parts = [`## ${title}`];
  for (const [label, words] of [
    ['good', 'Healthy bakes that failed: false alarms.'],
    ['bad', 'Bad bakes that failed: found. Delay from the onset, median and 90 % point.'],
  ] as const) {
    const own = (byJudge[0]?.rows ?? []).filter((row) => row.label === label);
    if (own.length === 0) continue;
    const head = ['family', 'effect', 'n', ...byJudge.map(({ name }) => name), 'could not tell', ...(label === 'bad' ? ['Wald'] : [])];
    const rows = own.map((row) => lineOf(row, byJudge));
    parts.push('', words, '', line(head), line(head.map(() => '---')), ...rows.map(line));
    if (label === 'good') parts.push(line(totalOf(byJudge)));
  }
  return parts.join('\n');
}

function lineOf(row: Row, byJudge: Table['byJudge']): readonly string[] {
  const cells = byJudge.map(({ rows }) => rows.find(({ family, effect }) => family === row.family && effect === row.effect));
  const wald = row.wald === null || row.wald > 1e6 ? '' : seconds(row.wald);
  const could = percent(row.inconclusive);
  return [row.family, row.effect, String(row.n), ...cells.map(cell), could, ...(row.label === 'bad' ? [wald] : [])];
}

function cell(row: Row | undefined, index: number): string {
  if (row === undefined) return '·';
  const interval = index === 0 ? ` (${percent(row.interval[0])} to ${percent(row.interval[1])})` : '';
  const delay =
    row.label === 'bad' && row.delay !== null && row.delay90 !== null ? `, ${seconds(row.delay)} · ${seconds(row.delay90)}` : '';
  return `${percent(row.share)}${interval}${delay}`;
}

function totalOf(byJudge: Table['byJudge']): readonly string[] {
  const sums = byJudge.map(({ rows }) => {
    const good = rows.filter(({ label }) => label === 'good');
    return { n: good.reduce((total, { n }) => total + n, 0), failed: good.reduce((total, { failed }) => total + failed, 0) };
  });
  const cells = sums.map(({ n, failed }) => (n === 0 ? '·' : `**${percent(failed / n)}**`));
  return ['**all**', '', String(sums[0]?.n ?? 0), ...cells, ''];
}

/** A row of a table. */
export function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** "1.3 %". */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

function seconds(value: number): string {
  return value < 600 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`;
}
