/**
 * How many passes a second can be kept? Commits passes that move nothing, each with the measurements of three checks, in three ways on the same embedded
 * PostgreSQL: together, as the server does; each in a transaction of its own; and with a job of pg-boss for each pass, which is taken from the queue and
 * leaves the job of the next one. They take turns. Prints JSON.
 *
 *   node bench/store.ts [--bakes 400] [--rounds 6] [--workers 48]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PgBoss } from 'pg-boss';
import { systemClock } from '../src/app/clock.ts';
import { quietCommits } from '../src/app/start-engine.ts';
import { decide } from '../src/core/bake/decide.ts';
import type { Measurement } from '../src/core/judge/measurement.ts';
import type { DeployRecord } from '../src/ports/bake-store.ts';
import type { Store } from '../src/ports/store.ts';
import { commitPass } from '../src/scheduler/commit-pass.ts';
import { createQuietCommits } from '../src/scheduler/quiet-commits.ts';
import { connectionOptions } from '../src/store/database.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { openStore } from '../src/store/open-store.ts';
import { log, release, ruleSetOf, summary } from './world.ts';

const { values } = parseArgs({
  options: {
    bakes: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '6' },
    workers: { type: 'string', default: '48' },
  },
});
const [bakes, rounds, workers] = [Number(values.bakes), Number(values.rounds), Number(values.workers)];
const stepMs = 15_000;
const queue = 'ticks';

/** Commits the next pass of every bake. */
type Way = () => Promise<void>;
type Job = { readonly index: number };

/** A bake under way, without hooks: nothing but its passes is written. */
async function begin(store: Store, i: number): Promise<DeployRecord> {
  const bake = { forMs: 86_400_000, everyMs: stepMs, warmupMs: 0, extendMs: 0 };
  const id = await release(store, ruleSetOf(`service-${i}`, { bake, onFailure: 'notify', rollback: null }));
  await store.update(id, null, (record) => decide(record, { type: 'elapsed', at: Date.now() + 1_000 }, 'bench'));
  const record = await store.find(id);
  if (record?.bake.state !== 'baking') throw new Error(`a bake is ${record?.bake.state}`);
  return record;
}

function measurementsUntil(to: number): readonly Measurement[] {
  const evidence = { measured: 0.011, expected: 0.01, limit: 0.1, samples: 9_000 };
  return ['errors', 'payments', 'logins'].map((check) => ({
    ...{ check, phase: 'baking' as const, at: to, window: { from: to - stepMs, to, stepMs }, query: `${check}_total`, control: null },
    result: { outcome: 'pass' as const, reason: '1.1 % of 9,000 requests, expected 1.0 %', evidence },
    ticks: { kind: 'ratio' as const, bad: [2], total: [180] },
  }));
}

/** Works on all of them, some at a time. */
async function forAll(work: (index: number) => Promise<void>): Promise<void> {
  const waiting = Array.from({ length: bakes }, (_, i) => i);
  const one = async () => {
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) await work(index);
  };
  await Promise.all(Array.from({ length: workers }, one));
}

async function run(store: Store, boss: PgBoss): Promise<Record<string, unknown>> {
  const records: DeployRecord[] = [];
  for (let i = 0; i < bakes; i++) records.push(await begin(store, i));
  const together = createQuietCommits({ store, log }, quietCommits);
  const commit = async (index: number, quiet: Pick<typeof together, 'write'>) => {
    const record = records[index];
    if (record?.bake.state !== 'baking') throw new Error('a bake has ended');
    const at = record.bake.nextAt + stepMs;
    const judgement = { kind: 'undecided', couldNotAsk: false, reasons: ['not enough data yet'] } as const;
    const event = { type: 'judged', at, until: at, judgement } as const;
    const next = await commitPass({ store, log, spread: async () => 0, quiet }, record, { event, measurements: measurementsUntil(at) });
    if (next === null) throw new Error('a pass was not written');
    records[index] = next;
  };
  const alone = (index: number) => commit(index, { write: async () => false });

  await boss.createQueue(queue);
  await boss.insert(
    queue,
    records.map((_, index) => ({ data: { index } })),
  );
  const byJobs: Way = async () => {
    let left = bakes;
    const worker = async () => {
      while (left > 0) {
        const batchSize = Math.min(left, Math.ceil(bakes / workers));
        left -= batchSize;
        const jobs = await boss.fetch<Job>(queue, { batchSize });
        left += batchSize - jobs.length;
        for (const { id, data } of jobs) {
          await alone(data.index);
          await boss.complete(queue, id);
          await boss.send(queue, data);
        }
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
  };
  const ways: Readonly<Record<string, Way>> = {
    together: () => forAll((index) => commit(index, together)),
    alone: () => forAll(alone),
    jobs: byJobs,
  };
  const results = new Map(Object.keys(ways).map((name) => [name, { passesASecond: [] as number[], nodeMsAPass: [] as number[] }]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
      await way();
      const { user, system } = process.cpuUsage(cpu);
      if (round === 0) continue; // The first one warms up.
      results.get(name)?.passesASecond.push((bakes * 1_000) / (performance.now() - startedAt));
      results.get(name)?.nodeMsAPass.push((user + system) / 1_000 / bakes);
    }
  }
  return Object.fromEntries(
    [...results].map(([name, { passesASecond, nodeMsAPass }]) => [
      name,
      { passesASecond: summary(passesASecond, 0), nodeMsAPass: summary(nodeMsAPass, 2) },
    ]),
  );
}

const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-store-'));
const server = await startEmbeddedPostgres({ dataDir, log, path: process.env.PATH ?? '' });
const { store, close } = await openStore({ databaseUrl: server.url, isCompact: true, dataDir, log, clock: systemClock });
const boss = new PgBoss({ ...connectionOptions(server.endpoint, null), schema: 'jobs', max: 10, schedule: false });
await boss.start();
try {
  process.stdout.write(`${JSON.stringify({ bench: 'store', bakes, checks: 3, rounds, ...(await run(store, boss)) }, null, 2)}\n`);
} finally {
  await boss.stop({ graceful: false });
  await close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);
