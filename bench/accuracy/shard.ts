import { parentPort, workerData } from 'node:worker_threads';
import { judges } from './judges.ts';
import type { Judged } from './score.ts';
import { type Sizes, sections } from './sections.ts';

/** A part of one section: of every `count` bakes the one at place `shard`. */
export type ShardJob = {
  readonly section: number;
  readonly sizes: Sizes;
  readonly directory: string | undefined;
  readonly shard: number;
  readonly count: number;
};

const job: ShardJob = workerData;
const judged = judges.map((): Judged[] => []);
let place = 0;
for await (const { recording, label } of sections(job.sizes, job.directory)[job.section]?.bakes ?? []) {
  if (place++ % job.count !== job.shard) continue;
  for (const [i, { judge }] of judges.entries()) {
    const outcome = judge(recording);
    if (outcome !== null) judged[i]?.push({ label, outcome: { verdict: outcome.verdict, decidedAfter: outcome.decidedAfter } });
  }
}
parentPort?.postMessage(judged);
