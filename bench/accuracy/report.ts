/**
 * How often does the judge cry wolf, what does it find, and how soon? Judges made-up bakes of many families, and the packed sets where they are, by
 * our defaults and by the documented rules of others on the very same recordings. Writes the report beside this file, and its summary into
 * docs/explanation/accuracy.md.
 *
 *   node bench/accuracy/report.ts [--data DIRECTORY] [--good 400] [--bad 100] [--seed 1] [--quick] [--only WORD] [--json]
 *
 * The directory of packed sets may also be given as BAKEWATCH_DATA; sets that are not there are left out. With `--json`, or a part of the sections,
 * nothing is written and the tables are printed. It runs on all cores.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { renewed } from '../../script/generated.ts';
import { foreword } from './foreword.ts';
import { judges } from './judges.ts';
import { type Judged, score } from './score.ts';
import { sections } from './sections.ts';
import type { ShardJob } from './shard.ts';
import { summaryOf } from './summary.ts';
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
const directory = values.data ?? process.env.BAKEWATCH_DATA;

const tables: Table[] = [];
for (const [index, { title }] of sections(sizes, directory).entries()) {
  if (!title.toLowerCase().includes(values.only.toLowerCase())) continue;
  const table = await judge(index, title);
  if (table.byJudge.length > 0) tables.push(table);
  process.stderr.write(`${title}: done\n`);
}
const report = [foreword(sizes), ...tables.map(tableOf), trendSection].join('\n\n');
if (values.json) process.stdout.write(`${JSON.stringify(tables, null, 2)}\n`);
else if (values.only !== '') process.stdout.write(`${report}\n`);
else {
  await writeFile(new URL('report.md', import.meta.url), `${report}\n`);
  await writeSummary(summaryOf(tables, sizes));
}

async function judge(section: number, title: string): Promise<Table> {
  const count = availableParallelism();
  const shards = await Promise.all(Array.from({ length: count }, (_, shard) => judgeShard({ section, sizes, directory, shard, count })));
  const byJudge = judges.flatMap(({ name }, i) => {
    const judged = shards.flatMap((shard) => shard[i] ?? []);
    return judged.length === 0 ? [] : [{ name, rows: score(judged) }];
  });
  return { title, byJudge };
}

function judgeShard(job: ShardJob): Promise<readonly (readonly Judged[])[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('shard.ts', import.meta.url), { workerData: job });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function writeSummary(summary: string): Promise<void> {
  const page = new URL('../../docs/explanation/accuracy.md', import.meta.url);
  await writeFile(page, renewed(await readFile(page, 'utf8'), 'summary', summary));
}
