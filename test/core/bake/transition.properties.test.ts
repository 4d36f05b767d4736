import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bake, isFinal, type Order } from '../../../src/core/bake/bake.ts';
import { begin } from '../../../src/core/bake/begin.ts';
import type { Effect } from '../../../src/core/bake/effect.ts';
import type { BakeEvent } from '../../../src/core/bake/event.ts';
import type { Facts } from '../../../src/core/bake/facts.ts';
import type { Plan } from '../../../src/core/bake/plan.ts';
import { settledUntil } from '../../../src/core/bake/tick-schedule.ts';
import { transition } from '../../../src/core/bake/transition.ts';
import type { Transition } from '../../../src/core/bake/transition-result.ts';
import type { Judgement } from '../../../src/core/judge/judgement.ts';
import {
  aBake,
  aDeploy,
  aPlan,
  clear,
  deepFreeze,
  healthy,
  judged,
  leaning,
  notAsked,
  quiet,
  someFacts,
  stateNames,
  step,
  t0,
  tooLittle,
  unhealthy,
  unmeasured,
} from '../../support/builders.ts';
import { runs } from '../../support/runs.ts';

const stages = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 })
  .map((weights) => [...weights.toSorted((a, b) => a - b), 100].map((weight) => ({ weight, forMs: 3 * step })));
const plans = fc
  .record({
    warmupMs: fc.integer({ min: 0, max: 3 * step }),
    forMs: fc.integer({ min: 1, max: 12 * step }),
    extendMs: fc.integer({ min: 0, max: 6 * step }),
    verifyMs: fc.integer({ min: 1, max: 6 * step }),
    settleMs: fc.integer({ min: 0, max: 2 * step }),
    onFailure: fc.constantFrom('rollback', 'approve', 'notify'),
    observeOnly: fc.boolean(),
    hook: fc.option(fc.constant('deployer'), { freq: 20 }),
    nextKnownGood: fc.boolean(),
    whenUndecided: fc.constantFrom('hold', 'pass', 'roll_back'),
    traffic: fc.option(stages.map((list) => ({ hook: 'splitter', stages: list }))),
  })
  .map((some) => aPlan(some));

const judgements = fc.constantFrom<Judgement>(healthy, clear, unmeasured, unhealthy, tooLittle, quiet, leaning, notAsked);
const facts: fc.Arbitrary<Facts> = fc.record({
  freeze: fc.option(fc.constant({ service: null, by: 'ana', why: 'a holiday', since: t0 }), { freq: 2 }),
  knownGood: fc.option(fc.integer({ min: 1, max: 6 }).map((n) => ({ deployId: `d-${n}`, version: `v-${n}` }))),
  replacedBy: fc.option(fc.constant({ deployId: 'd3', version: 'v3' }), { freq: 1 }),
  irreversible: fc.option(fc.constant('v2'), { freq: 2 }),
  rollbacks: fc.constantFrom<readonly number[]>([], [t0], [t0, t0, t0]),
  others: fc.constantFrom<Facts['others']>(
    [],
    ['a', 'b', 'c'].map((service) => ({ service, at: t0 })),
  ),
});

/** What may happen next, without its instant; `wait` lets time pass first. */
const happenings = fc.record({
  type: fc.constantFrom<BakeEvent['type']>(
    ...(['finished', 'elapsed', 'judged', 'judged', 'judged', 'judged', 'extended', 'approved', 'rollback_requested'] as const),
    ...(['shifted', 'shifted', 'shifted', 'shift_failed', 'rollback_succeeded', 'rollback_failed'] as const),
    ...(['forward_requested', 'passed_by_hand', 'canceled', 'superseded'] as const),
  ),
  wait: fc.constantFrom(0, 1_000, step, 10 * step, 4_000_000),
  judgement: judgements,
  facts,
  isRightOrder: fc.boolean(),
  isGone: fc.boolean(),
  byMs: fc.integer({ min: -1, max: 3 * step }),
});
type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

function eventOf(
  bake: Bake,
  { type, judgement, facts, isRightOrder, isGone, byMs }: Happening,
  now: { at: number; plan: Plan },
): BakeEvent {
  const { at } = now;
  const orderId = isRightOrder && 'order' in bake ? bake.order.id : 'd2:another';
  const shiftId = isRightOrder && bake.state === 'shifting' ? bake.shift.id : 'd2:another';
  const { freeze } = facts;
  switch (type) {
    case 'forward_requested':
      return {
        type,
        at,
        by: 'ana',
        why: 'it is as good',
        own: { deployId: bake.id, version: 'v2' },
        isExonerated: isGone,
        isConfirmed: isRightOrder,
        facts,
      };
    case 'finished':
      return { type, at };
    case 'elapsed':
      return { type, at, freeze };
    case 'shifted':
      return { type, at, shiftId, summary: 'done' };
    case 'shift_failed':
      return { type, at, shiftId, reason: 'refused' };
    case 'judged': {
      const settled = settledUntil(at, now.plan);
      return judged(judgement, bake.state === 'baking' ? Math.min(settled, bake.limitAt) : settled, { at, facts, freeze });
    }
    case 'extended':
      return { type, at, byMs };
    case 'rollback_requested':
      return { type, at, by: 'ana', why: 'complaints', facts };
    case 'rollback_succeeded':
      return { type, at, orderId, summary: 'done' };
    case 'rollback_failed':
      return { type, at, orderId, outcome: 'no', reasons: ['refused'], ...(isGone && { gone: facts }) };
    case 'passed_by_hand':
      return { type, at, by: 'ana', why: 'all well' };
    case 'approved':
    case 'canceled':
    case 'superseded':
      return { type, at, by: 'ana' };
  }
}

type Step = { readonly before: Bake; readonly event: BakeEvent; readonly result: Transition };

const stories = fc
  .record({
    plan: plans,
    phase: fc.constantFrom('started' as const, 'finished' as const),
    cause: fc.constantFrom('release' as const, 'rollback' as const),
    happenings: fc.array(happenings, { maxLength: 40, size: 'max' }),
  })
  .map(({ plan, phase, cause, happenings }) => {
    const first = begin(aDeploy({ cause: { kind: cause } }), plan, phase).next;
    return { plan, cause, steps: play(first, happenings, plan) };
  });

/** Plays a bake's life; every second thing that elapses or is judged comes just when it is due. */
function play(first: Bake, happenings: readonly Happening[], plan: Plan): readonly Step[] {
  const steps: Step[] = [];
  let [bake, at] = [first, t0];
  for (const happening of happenings) {
    const isDue = 'nextAt' in bake && (happening.type === 'elapsed' || happening.type === 'judged');
    at = isDue && 'nextAt' in bake ? Math.max(at, bake.nextAt) : at + happening.wait;
    const event = deepFreeze(eventOf(bake, happening, { at, plan }));
    const result = transition(deepFreeze(bake), event, deepFreeze(plan));
    steps.push({ before: bake, event, result });
    if (result.ok) bake = result.next;
  }
  return steps;
}

const ordersIn = (result: Transition): readonly Order[] =>
  result.ok ? result.effects.flatMap((effect) => (effect.kind === 'roll_back' ? [effect.order] : [])) : [];

const effectsIn = (result: Transition): readonly Effect[] => (result.ok ? result.effects : []);

describe('whatever happens', () => {
  test('a bake orders at most one rollback a target', () => {
    fc.assert(
      fc.property(stories, ({ steps }) => {
        const all = steps.flatMap(({ result }) => ordersIn(result));
        const forward = all.findIndex(({ replaces }) => replaces !== undefined);
        // After a roll forward the same rollback is another order.
        const orders = forward < 0 ? all : all.slice(0, forward);
        expect(new Set(orders.map(({ id }) => id)).size).toBe(new Set(orders.map(({ target }) => target.deployId)).size);
        const causes = steps.filter(({ result }) => ordersIn(result).length > 0).map(({ event }) => event.type);
        // Where a target is gone the next one may need approval, and then an order comes of that.
        expect(causes.filter((type) => type === 'judged').length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a target that is gone is not ordered again without a person, and at most three are passed over', () => {
    fc.assert(
      fc.property(stories, ({ steps, plan }) => {
        for (const { event, result } of steps) {
          for (const { target, passedOver = [] } of ordersIn(result)) {
            expect(passedOver.map(({ deployId }) => deployId)).not.toContain(target.deployId);
            expect(passedOver.length).toBeLessThanOrEqual(3);
            if (passedOver.length > 0) expect([plan.nextKnownGood, plan.observeOnly]).toEqual([true, false]);
            if (event.type === 'rollback_failed') expect(event.gone?.freeze ?? null).toBeNull();
          }
        }
      }),
    );
  });

  test('a final bake moves again only when a person asks', () => {
    fc.assert(
      fc.property(stories, ({ steps }) => {
        const moves = steps.filter(({ before, result }) => isFinal(before) && result.ok);
        expect(moves.filter(({ event }) => event.type !== 'rollback_requested' && event.type !== 'forward_requested')).toEqual([]);
      }),
    );
  });

  test('only a person rolls forward, to the own release, and each time it is another order', () => {
    fc.assert(
      fc.property(stories, ({ steps }) => {
        const forward = steps.flatMap(({ event, result }) =>
          ordersIn(result).flatMap((order) => (order.replaces ? [{ event, order }] : [])),
        );
        expect(forward.filter(({ event }) => event.type !== 'forward_requested')).toEqual([]);
        expect(forward.filter(({ order }) => order.target.deployId !== 'd2')).toEqual([]);
        expect(new Set(forward.map(({ order }) => order.id)).size).toBe(forward.length);
      }),
    );
  });

  test('a rollback deploy never yields a roll_back effect', () => {
    fc.assert(
      fc.property(
        stories.filter(({ cause }) => cause === 'rollback'),
        ({ steps }) => {
          expect(steps.flatMap(({ result }) => ordersIn(result))).toEqual([]);
        },
      ),
    );
  });

  test('the same event twice never orders a rollback twice', () => {
    fc.assert(
      fc.property(stories, ({ steps, plan }) => {
        for (const { event, result } of steps) {
          if (ordersIn(result).length > 0 && result.ok) expect(ordersIn(transition(result.next, event, plan))).toEqual([]);
        }
      }),
    );
  });

  test('a bake that was judged is due again only later', () => {
    fc.assert(
      fc.property(stories, ({ steps }) => {
        for (const { event, result } of steps) {
          if (event.type === 'judged' && result.ok && !isFinal(result.next)) expect(result.next.nextAt).toBeGreaterThan(event.at);
        }
      }),
    );
  });

  test('nothing that goes wrong is kept from people', () => {
    fc.assert(
      fc.property(stories, ({ steps }) => {
        for (const { before, result } of steps) {
          if (!result.ok || result.next.state === before.state) continue;
          const topics = effectsIn(result).flatMap((effect) => (effect.kind === 'notify' ? [effect.topic] : []));
          const wanted = { failed: 'failed', inconclusive: 'inconclusive', rolling_back: 'unhealthy', awaiting_approval: 'approval' };
          const { state } = result.next;
          // A person who rolls forward knows it.
          if (state === 'rolling_back' && result.next.order.replaces !== undefined) continue;
          // A release that was rolled forward, and recovered, ends without a verdict of its own.
          if (before.state === 'verifying' && before.order.replaces !== undefined && topics.includes('recovered')) continue;
          if (Object.hasOwn(wanted, state)) expect(topics).toContain(wanted[state as keyof typeof wanted]);
        }
      }),
    );
  });

  test('an error or too little data alone never rolls back and never fails a bake', () => {
    const calm = fc.array(fc.constantFrom(healthy, tooLittle, notAsked), { minLength: 1, maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(plans, calm, (plan, answers) => {
        const states = onTime(plan, (i) => answers[i % answers.length] ?? healthy).map(({ state }) => state);
        expect(states.filter((state) => !['shifting', 'baking', 'passed', 'inconclusive'].includes(state))).toEqual([]);
      }),
    );
  });
});

test('a pass by the rules never has full confidence, and nothing passes by them that they may not pass', () => {
  fc.assert(
    fc.property(stories, ({ steps, plan }) => {
      for (const { event, result } of steps) {
        if (event.type !== 'judged' || !result.ok || result.next.state !== 'passed' || event.judgement.kind === 'healthy') continue;
        expect(result.next.confidence).toBe('low');
        expect(event.judgement).toMatchObject({ kind: 'undecided', endsByRule: true });
        expect(plan.whenUndecided).toBe('pass');
      }
    }),
  );
});

type In<S extends Bake['state']> = Extract<Bake, { state: S }>;

function confirmed({ shift, since: at }: In<'shifting'>): BakeEvent {
  return { type: 'shifted', at, shiftId: shift.id, summary: 'done' };
}

function judgedOnTime(bake: In<'baking'>, judgement: Judgement, plan: Plan): BakeEvent {
  const at = bake.nextAt;
  return judged(judgement, Math.min(settledUntil(at, plan), bake.limitAt), { at, facts: someFacts({ knownGood: null }) });
}

/** A bake that is looked at exactly when it is due, from its first tick to its end; every shift is confirmed at once. */
function onTime(plan: Plan, judgementAt: (pass: number) => Judgement): readonly Bake[] {
  const start = transition(aBake('warming', { nextAt: t0 }), { type: 'elapsed', at: t0 + plan.warmupMs }, plan);
  if (!start.ok) throw new Error(start.refusal);
  const bakes: Bake[] = [start.next];
  for (let pass = 0; pass < 100; pass++) {
    const bake = bakes.at(-1);
    if (bake?.state !== 'baking' && bake?.state !== 'shifting') break;
    const result = transition(bake, bake.state === 'shifting' ? confirmed(bake) : judgedOnTime(bake, judgementAt(pass), plan), plan);
    if (!result.ok) throw new Error(result.refusal);
    bakes.push(result.next);
  }
  return bakes;
}

test('every bake judged on time ends by its limit, and no tick is judged twice or left out', () => {
  fc.assert(
    fc.property(plans, fc.array(judgements, { minLength: 1, maxLength: 10 }), (some, answers) => {
      const plan = { ...some, traffic: null };
      const bakes = onTime(plan, (i) => answers[i % answers.length] ?? healthy);
      const baking = bakes.flatMap((bake) => (bake.state === 'baking' ? [bake] : []));
      expect(bakes.at(-1)?.state).not.toBe('baking');
      for (const [i, bake] of baking.entries()) {
        expect(bake.nextAt).toBe(bake.from + (i + 1) * step + plan.settleMs);
        expect(bake.nextAt - plan.settleMs).toBeLessThanOrEqual(bake.limitAt);
      }
    }),
  );
});

test('transition answers any event in any state, and changes nothing that it is given', () => {
  const numbers = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(t0, t0 + step));
  const states = fc.record({
    state: fc.constantFrom(...stateNames),
    cause: fc.constantFrom('release' as const, 'rollback' as const),
    nextAt: numbers,
  });
  fc.assert(
    fc.property(states, happenings, numbers, plans, ({ state, cause, nextAt }, happening, at, plan) => {
      const bake = deepFreeze({ ...aBake(state, { cause }), ...(isFinal(aBake(state)) ? {} : { nextAt }) } as Bake);
      const result = transition(bake, deepFreeze(eventOf(bake, happening, { at, plan })), deepFreeze(plan));
      if (!result.ok) expect(result.refusal).not.toBe('');
      for (const effect of effectsIn(result)) expect('reasons' in effect ? effect.reasons.every((words) => words !== '') : true).toBe(true);
    }),
    runs(1_000),
  );
});
