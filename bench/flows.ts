/**
 * Business rates in more shapes than the report's: how often a healthy bake fails, and how many falls of 10, 30 and 80 % are found. One JSON object a line.
 *
 *   node bench/flows.ts [--bakes 25] [--family sales] [--seed 0]
 */
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { replay } from '../src/core/recording/replay.ts';
import { flowEffects, flows, makeFlow } from './accuracy/flows.ts';
import { type Judged, score } from './accuracy/score.ts';

const { values } = parseArgs({
  options: { bakes: { type: 'string', default: '25' }, family: { type: 'string' }, seed: { type: 'string', default: '0' } },
});
const [bakes, first] = [Number(values.bakes), Number(values.seed)];

for (const flow of flows) {
  if (values.family !== undefined && values.family !== flow.name) continue;
  const judged: Judged[] = [];
  for (const effect of flowEffects) {
    // Rare false alarms are only seen among many healthy bakes.
    const count = effect.times === 1 ? 3 * bakes : bakes;
    for (let seed = first; seed < first + count; seed++) {
      const { label, recording } = makeFlow(flow, effect, seed);
      judged.push({ label, outcome: replay(recording, { analyzers, ruleSet: null }) });
    }
  }
  for (const row of score(judged)) process.stdout.write(`${JSON.stringify(row)}\n`);
}
