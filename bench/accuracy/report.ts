/**
 * How often does the judge cry wolf, what does it find, and how soon? Judges made-up bakes of many families, and the packed sets where they are, by
 * our defaults and by the documented rules of others on the very same recordings, and prints the report.
 *
 *   node bench/accuracy/report.ts [--data DIRECTORY] [--good 400] [--bad 100] [--seed 1] [--quick] [--only WORD] [--json] > docs/explanation/accuracy.md
 *
 * The directory of packed sets may also be given as BAKEWATCH_DATA; sets that are not there are left out.
 */
import { parseArgs } from 'node:util';
import { foreword } from './foreword.ts';
import { judges } from './judges.ts';
import { type Judged, score } from './score.ts';
import { type Section, sections } from './sections.ts';
import { type Table, tableOf } from './table.ts';
import { trendSection } from './trend.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    good: { type: 'string', default: '400' },
    bad: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const sizes = {
  good: values.quick ? 40 : Number(values.good),
  bad: values.quick ? 10 : Number(values.bad),
  firstSeed: Number(values.seed),
};

const tables: Table[] = [];
for (const section of sections(sizes, values.data ?? process.env.BAKEWATCH_DATA)) {
  if (!section.title.toLowerCase().includes(values.only.toLowerCase())) continue;
  const table = await judge(section);
  if (table.byJudge.length > 0) tables.push(table);
  process.stderr.write(`${section.title}: done\n`);
}
process.stdout.write(
  values.json ? `${JSON.stringify(tables, null, 2)}\n` : `${[foreword(sizes), ...tables.map(tableOf), trendSection].join('\n\n')}\n`,
);

async function judge({ title, bakes }: Section): Promise<Table> {
  const judged = judges.map((): Judged[] => []);
  for await (const { recording, label } of bakes) {
    for (const [i, { judge }] of judges.entries()) {
      const outcome = judge(recording);
      if (outcome !== null) judged[i]?.push({ label, outcome: { verdict: outcome.verdict, decidedAfter: outcome.decidedAfter } });
    }
  }
  const byJudge = judges.flatMap(({ name }, i) => ((judged[i] ?? []).length === 0 ? [] : [{ name, rows: score(judged[i] ?? []) }]));
  return { title, byJudge };
}
