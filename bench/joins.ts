/**
 * What do the questions of many bakes cost over real HTTP? Each bake asks three checks (errors of all requests, by raw counters) once a tick, at its own
 * moment of the tick, as in the server. Prints requests, CPU time and waiting for joined and for separate selectors, asked in turns in one run.
 *
 *   node bench/joins.ts [--bakes 1000] [--rounds 6] [--spread MS]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createGuard } from '../providers/guard.ts';
import { prometheus } from '../providers/prometheus.ts';
import { passDelayMs } from '../src/core/bake/tick-schedule.ts';
import { floorTo } from '../src/core/base/window.ts';
import type { CheckRule } from '../src/core/rules/rule-set.ts';
import { createHttp } from '../src/net/http.ts';
import { createRunProcess } from '../src/net/process.ts';
import type { Providers } from '../src/ports/providers.ts';
import { createAsker } from '../src/scheduler/ask.ts';
import { summary } from './world.ts';

const { values } = parseArgs({
  options: { bakes: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '6' }, spread: { type: 'string' } },
});
const [bakes, rounds] = [Number(values.bakes), Number(values.rounds)];
/** Over how many milliseconds the bakes are spread, instead of as in the server. */
const spread = values.spread === undefined ? null : Number(values.spread);
const stepMs = 15_000;
const metrics = ['requests_total', 'payments_total', 'logins_total'];

function checkOf(metric: string, service: string): CheckRule {
  const selector = `${metric}{job="${service}"`;
  return {
    name: metric,
    provider: 'prom',
    question: { kind: 'ratio', bad: { selector: `${selector},code=~"5.."}` }, total: { selector: `${selector}}` } },
    direction: 'up',
    failWhen: [],
    minSamples: 50,
    critical: true,
  };
}

const standIn = spawn(process.execPath, [join(import.meta.dirname, 'joins/stand-in.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(standIn.stdout, 'data');
const url = `http://127.0.0.1:${String(line).trim()}`;
const http = createHttp();
const requestsSoFar = async () => Number(await (await fetch(`${url}/requests`)).text());

function providersWith(fuse: boolean): Providers {
  const provider = prometheus.bind({ url, fuse })({ http, run: createRunProcess({}) });
  return new Map([['prom', { provider: createGuard(provider, { limits: { concurrency: 4, perSecond: null } }), settleMs: 5_000 }]]);
}

type Round = { readonly requests: number; readonly cpuMs: number; readonly waits: readonly number[]; readonly events: number };

/** One tick of all bakes. */
async function runRound(providers: Providers, to: number): Promise<Round> {
  const ask = createAsker(providers);
  const [requests, cpu, waits, startedAt] = [await requestsSoFar(), process.cpuUsage(), [] as number[], performance.now()];
  let events = 0;
  const tick = async (i: number) => {
    const service = `service-${i}`;
    await wait(spread === null ? passDelayMs({ service, environment: 'production', stepMs, liveBakes: bakes }) : (i / bakes) * spread);
    const askedAt = performance.now();
    const answers = await Promise.all(
      metrics.map((metric) =>
        ask(
          { rule: checkOf(metric, service), text: '', values: { service }, canary: '', stable: null },
          { from: to - stepMs, to, stepMs },
          AbortSignal.timeout(60_000),
        ),
      ),
    );
    waits.push(performance.now() - askedAt);
    for (const { ticks } of answers) if (ticks.kind === 'ratio') events += ticks.bad.reduce<number>((sum, bad) => sum + (bad ?? 0), 0);
  };
  await Promise.all(Array.from({ length: bakes }, (_, i) => tick(i)));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedAt) / 1_000;
  process.stderr.write(`${seconds.toFixed(1)} s\n`);
  return { requests: (await requestsSoFar()) - requests, cpuMs: (user + system) / 1_000, waits, events };
}

const ways = { joined: providersWith(true), separate: providersWith(false) };
const results: Record<string, Round[]> = { joined: [], separate: [] };
const base = floorTo(Date.now() - 24 * 3_600_000, stepMs);
for (let round = 0; round <= rounds; round++) {
  for (const [name, providers] of Object.entries(ways)) {
    const result = await runRound(providers, base + round * stepMs);
    if (round > 0) results[name]?.push(result); // The first one warms up.
  }
}
standIn.kill();
await http.close();

const perTick = (sum: number) => Number((sum / (bakes * rounds)).toFixed(3));
const report = Object.fromEntries(
  Object.entries(results).map(([name, list]) => [
    name,
    {
      requestsPerTick: perTick(list.reduce((sum, { requests }) => sum + requests, 0)),
      nodeCpuMsPerTick: perTick(list.reduce((sum, { cpuMs }) => sum + cpuMs, 0)),
      waitMs: summary(
        list.flatMap(({ waits }) => waits),
        0,
      ),
      badEvents: list.reduce((sum, { events }) => sum + events, 0),
    },
  ]),
);
process.stdout.write(`${JSON.stringify({ bench: 'joins', bakes, checks: metrics.length, rounds, ...report }, null, 2)}\n`);
