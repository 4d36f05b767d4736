import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinal } from '../../src/core/bake/bake.ts';
import type { OnFailure, UndecidedEnding } from '../../src/core/rules/rule-set.ts';
import { step } from '../support/builders.ts';
import { aDatabase, administer, anotherReplica, type TestDatabase } from '../support/database.ts';
import { runs } from '../support/runs.ts';
import { createWorld } from '../support/world.ts';
import { commands, commandsWithJumps, type Real } from './model-commands.ts';
import { held, holds, type Model, type Traffic, traffic, trafficAt } from './model-invariants.ts';

let one: TestDatabase;
let other: TestDatabase;
beforeAll(async () => {
  one = await aDatabase();
  other = await anotherReplica(one);
});
afterAll(async () => {
  await other.close();
  await one.close();
});

/** `hasHistory`: a person vouched for what ran before. */
type Setting = {
  readonly onFailure: OnFailure;
  readonly canAsk: boolean;
  readonly hasHistory: boolean;
  readonly nextKnownGood: boolean;
  readonly first: Traffic;
  readonly isStaged: boolean;
  readonly whenUndecided: UndecidedEnding;
};

const settings = fc.record<Setting>({
  onFailure: fc.constantFrom('rollback', 'rollback', 'rollback', 'rollback', 'approve', 'notify'),
  canAsk: fc.boolean(),
  hasHistory: fc.constantFrom(true, true, true, true, false),
  nextKnownGood: fc.boolean(),
  first: fc.constantFrom('healthy', 'unhealthy'),
  isStaged: fc.boolean(),
  whenUndecided: fc.constantFrom('hold', 'pass', 'roll_back'),
});

/** A run that failed leaves live bakes and freezes; they would make each run after it fail, while fast-check looks for the smallest one. */
async function endLeftovers(): Promise<void> {
  await administer(one.url, 'update bakewatch.bakes set next_at = null, lease_until = null where next_at is not null');
  await administer(one.url, 'delete from bakewatch.freezes');
}

const stages = [10, 100].map((weight) => ({ weight, forMs: 2 * step }));

function begin({ onFailure, canAsk, nextKnownGood, first, isStaged, whenUndecided }: Setting): {
  readonly model: Model;
  readonly real: Real;
} {
  const model: Model = { seen: new Map(), keys: new Map(), weather: [{ since: 0, traffic: first }], isFrozen: false, clockWentBack: false };
  const turned: Pick<Real, 'trouble' | 'act'> = { trouble: null, act: 'works' };
  const world = createWorld(one.store, {
    plan: {
      onFailure,
      nextKnownGood,
      whenUndecided,
      warmupMs: step,
      forMs: 3 * step,
      extendMs: 2 * step,
      verifyMs: 3 * step,
      traffic: isStaged ? { hook: 'splitter', stages } : null,
    },
    bad: (_, at) => traffic[trafficAt(model, at)],
    failing: () => turned.trouble,
    acts: () => turned.act,
    shifts: () => turned.act,
    canAsk,
  });
  return { model, real: Object.assign(turned, { world, stores: [one.store, other.store] as [typeof one.store, typeof one.store] }) };
}

/** Lets everything come to its end, with a provider and a platform that are well again. */
async function finishAll({ model, real }: ReturnType<typeof begin>): Promise<void> {
  const { world } = real;
  Object.assign(real, { trouble: null, act: 'works' });
  for (const service of [null, world.service]) await world.store.liftFreeze(service, world.clock.now());
  model.isFrozen = false;
  await world.work();
  for (const { deploy, bake } of model.seen.values()) if (!isFinal(bake)) await world.run(deploy.id);
  await world.work();
  await holds(model, world, null);
  await held(model, world);
  const queued = await administer(
    one.url,
    `select data->'effect'->>'id' as id from bakewatch_queue.job
    where data->'effect'->>'bakeId' in (select id from bakewatch.deploys where service = '${world.service}')`,
  );
  expect(queued.map(({ id }) => id).toSorted(), 'what was committed is queued').toEqual(world.queued.map(({ id }) => id).toSorted());
}

test.for([
  { name: 'whatever happens in whatever order, what must always hold does', some: commands, numRuns: 25 },
  { name: 'so it does when the clock is set back', some: commandsWithJumps, numRuns: 10 },
])('$name', { timeout: 300_000 }, async ({ some, numRuns }) => {
  let current: Promise<void> = Promise.resolve();
  const property = fc.asyncProperty(settings, fc.commands(some, { maxCommands: 120, size: 'max' }), (setting, sequence) => {
    current = play(setting, sequence);
    return current;
  });
  try {
    // Ends before the timeout of the test, which would hide what failed.
    await fc.assert(property, { ...runs(numRuns), interruptAfterTimeLimit: 90_000 });
  } finally {
    // At the time limit, fast-check does not wait for the run under way. Its bakes are due in the database of the next test, which would look at them.
    await current.catch(() => {});
  }
});

type Sequence = Iterable<fc.AsyncCommand<Model, Real, boolean>>;

async function play(setting: Setting, sequence: Sequence): Promise<void> {
  await endLeftovers();
  const begun = begin(setting);
  if (setting.hasHistory) await begun.real.world.release('v0', { adopted: true });
  await fc.asyncModelRun(() => begun, sequence);
  await finishAll(begun);
}
