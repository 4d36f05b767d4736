import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type QueuedEffect, type Topic, topics } from '../../src/core/bake/effect.ts';
import { EffectError } from '../../src/core/base/errors.ts';
import { weekdays } from '../../src/core/notify/quiet-time.ts';
import { type DeliveryRules, sendEverything } from '../../src/core/notify/route.ts';
import { severityOf } from '../../src/core/notify/severity.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { perform } from '../../src/effects/dispatch.ts';
import type { Notice, Notifier } from '../../src/ports/notifier.ts';
import type { Store } from '../../src/ports/store.ts';
import { aNotice, register } from '../store/fixtures.ts';
import { aDatabase, administer, silentLog, type TestDatabase } from '../support/database.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { runs } from '../support/runs.ts';

const never = new AbortController().signal;
const minute = 60_000;
/** At night in Istanbul. Far in the future, because the queue deletes jobs that have been due for weeks. */
const now = Date.parse('2096-06-04T01:00:00Z');
const night = { fromMs: 79_200_000, toMs: 25_200_000, timezone: 'Europe/Istanbul', days: weekdays, except: 'bad' } as const;

let database: TestDatabase;
let services = 0;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** How one attempt ends: it works, the receiver does not answer, or the process dies before it records that the notice arrived. */
type Luck = 'works' | 'fails' | 'dies';
type Step = { readonly deploy: number; readonly topic: Topic; readonly afterMs: number; readonly luck: readonly Luck[] };
type Digest = Extract<QueuedEffect, { kind: 'digest' }>;

/** A channel, four deploys, and a queue with the retries of the real one. */
async function begin(rules: Partial<DeliveryRules>) {
  await administer(database.url, 'delete from bakewatch_queue.job');
  const clock = createManualClock(now);
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push((await register(database.store, { service: `any-${++services}` }, 'baking')).deploy.id);
  const arrived: { readonly at: number; readonly notice: Notice }[] = [];
  let luck: Luck = 'works';
  const notifier: Notifier = {
    async notify(notice) {
      if (luck === 'fails') throw new EffectError('failed', 'no');
      arrived.push({ at: clock.now(), notice });
      return null;
    },
  };
  const die = (): boolean => {
    if (luck !== 'dies') return false;
    luck = 'works';
    return true;
  };
  const store: Store = {
    ...database.store,
    endDelivery: async (...args) => {
      if (die()) throw new Error('killed');
      await database.store.endDelivery(...args);
    },
    endDigest: async (...args) => {
      if (die()) throw new Error('killed');
      await database.store.endDigest(...args);
    },
  };
  const deps: DispatchDeps = {
    store,
    hooks: new Map(),
    shiftHooks: new Map(),
    notifiers: new Map([['team', { notifier, type: 'fake', rules: { ...sendEverything, ...rules } }]]),
    clock,
    log: silentLog,
    meter: silentMeter,
    publicUrl: null,
  };
  /** Performs an effect with these results, until it works. */
  const work = async (effect: QueuedEffect, lucks: readonly Luck[]) => {
    for (const next of [...lucks, 'works'] as const) {
      luck = next;
      const isDone = await perform(deps, effect, never).then(
        () => true,
        () => false,
      );
      if (isDone) return;
    }
    throw new Error('it never worked');
  };
  const done = new Set<string>();
  /** Performs every digest that is due. */
  const performDigests = async (lucks: readonly Luck[]) => {
    const rows = await administer(database.url, `select data->'effect' as effect from bakewatch_queue.job where name = 'digest'`);
    const due = rows.map(({ effect }) => effect as Digest).filter(({ id, at }) => at <= clock.now() && !done.has(id));
    for (const digest of due.toSorted((a, b) => a.at - b.at)) {
      await work(digest, lucks);
      done.add(digest.id);
    }
  };
  return { ids, arrived, clock, work, performDigests };
}

/** The ascending numbers of the notices in each message. */
function numbersIn({ notice }: { readonly notice: Notice }): readonly number[] {
  return notice.reasons.flatMap((reason) => [...reason.matchAll(/reason (\d+)/g)].map(([, number]) => Number(number)));
}

const lucks = fc.array(fc.constantFrom<Luck>('fails', 'dies'), { maxLength: 2 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    deploy: fc.nat(3),
    topic: fc.constantFrom(...topics),
    afterMs: fc.constantFrom(0, 0, 1_000, 20_000, minute),
    luck: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: lucks }),
  }),
  { minLength: 5, maxLength: 25, size: 'max' },
);
const isRepeatOf = (numbers: readonly number[], i: number) => numbers[i] === numbers[i - 1];

test('in any sequence: the newest notice of each deploy arrives, in order; alarms are not delayed, and nothing is lost', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.boolean(), steps, async (above, isQuiet, list) => {
      const { ids, arrived, clock, work, performDigests } = await begin({
        digest: { above, withinMs: minute },
        quiet: isQuiet ? [night] : [],
      });
      const sent: { readonly deploy: number; readonly topic: Topic; readonly at: number }[] = [];
      for (const { deploy, topic, afterMs, luck } of list) {
        clock.advance(afterMs);
        await performDigests(luck);
        sent.push({ deploy, topic, at: clock.now() });
        const effect = aNotice(ids[deploy] ?? '', sent.length - 1);
        if (effect.kind !== 'notify') throw new Error('not a notice');
        await work({ ...effect, notice: { ...effect.notice, topic } }, luck);
      }
      clock.advance(minute);
      await performDigests([]);
      const soon = arrived.length;
      clock.set(Date.parse('2096-06-04T04:00:00Z'));
      await performDigests([]);
      for (const deploy of ids.keys()) {
        const numbers = arrived.flatMap(numbersIn).filter((number) => sent[number]?.deploy === deploy);
        const once = numbers.filter((_, i) => !isRepeatOf(numbers, i));
        expect(once, 'in order').toEqual(once.toSorted((a, b) => a - b));
        const last = sent.findLastIndex((one) => one.deploy === deploy);
        if (!isQuiet && last !== -1) expect(once.at(-1), 'the newest notice arrives').toBe(last);
        const bad = sent.findLastIndex((one) => one.deploy === deploy && severityOf[one.topic] === 'bad');
        const newestSoon = arrived
          .slice(0, soon)
          .flatMap(numbersIn)
          .filter((number) => sent[number]?.deploy === deploy)
          .at(-1);
        // A later notice can replace it, or make it outdated.
        if (bad === last && bad !== -1) expect(newestSoon, 'bad news does not wait for the morning').toBe(bad);
      }
    }),
    runs(20),
  );
});
