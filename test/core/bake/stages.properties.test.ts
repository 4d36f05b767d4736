import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bake, isFinal } from '../../../src/core/bake/bake.ts';
import { begin } from '../../../src/core/bake/begin.ts';
import type { Effect } from '../../../src/core/bake/effect.ts';
import type { BakeEvent } from '../../../src/core/bake/event.ts';
import type { Facts } from '../../../src/core/bake/facts.ts';
import type { Plan } from '../../../src/core/bake/plan.ts';
import { settledUntil } from '../../../src/core/bake/tick-schedule.ts';
import { transition } from '../../../src/core/bake/transition.ts';
import type { Judgement } from '../../../src/core/judge/judgement.ts';
import { aDeploy, aPlan, healthy, judged, notAsked, someFacts, step, t0, tooLittle, unhealthy } from '../../support/builders.ts';

const freeze: Facts['freeze'] = { service: null, by: 'ana', why: 'a sale', since: t0 };

const plans = fc
  .record({
    weights: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 }),
    forMs: fc.integer({ min: 3, max: 6 }),
    warmupMs: fc.integer({ min: 0, max: 3 * step }),
    extendMs: fc.integer({ min: 0, max: 8 * step }),
    onFailure: fc.constantFrom<Plan['onFailure']>('rollback', 'approve', 'notify'),
  })
  .map(({ weights, forMs, ...rest }) => {
    const stages = [...weights.toSorted((a, b) => a - b), 100].map((weight) => ({ weight, forMs: forMs * step }));
    return aPlan({ traffic: { hook: 'splitter', stages }, ...rest });
  });

/** What each pass finds, and what becomes of each shift. */
const days = fc.record({
  judgements: fc.array(fc.constantFrom<Judgement>(healthy, healthy, healthy, healthy, tooLittle, notAsked, unhealthy), {
    minLength: 1,
    maxLength: 12,
    size: 'max',
  }),
  shifts: fc.array(fc.constantFrom('done', 'done', 'done', 'failed', 'silence'), { minLength: 1, maxLength: 6 }),
  frozen: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  lateMs: fc.constantFrom(0, 1, step, 7 * step),
});
type Day = typeof days extends fc.Arbitrary<infer T> ? T : never;
type Line = { readonly before: Bake; readonly event: BakeEvent; readonly after: Bake; readonly effects: readonly Effect[] };

/** Lets nothing happen but what the server does by itself, until the bake has ended. */
function live(plan: Plan, day: Day): readonly Line[] {
  const lines: Line[] = [];
  let bake: Bake = begin(aDeploy(), plan, 'finished').next;
  for (let pass = 0; pass < 500 && !isFinal(bake); pass++) {
    const event = eventFor(bake, { day, pass, plan });
    const result = transition(bake, event, plan);
    if (!result.ok) throw new Error(result.refusal);
    lines.push({ before: bake, event, after: result.next, effects: result.effects });
    bake = result.next;
  }
  return lines;
}

function eventFor(bake: Bake, { day, pass, plan }: { day: Day; pass: number; plan: Plan }): BakeEvent {
  if (!('nextAt' in bake)) throw new Error('a bake that has ended is left alone');
  const at = bake.nextAt + day.lateMs;
  const isFrozen = day.frozen[pass % day.frozen.length] ?? false;
  if (bake.state === 'baking' || bake.state === 'verifying') {
    const judgement = day.judgements[pass % day.judgements.length] ?? healthy;
    const until = bake.state === 'baking' ? Math.min(settledUntil(at, plan), bake.limitAt) : settledUntil(at, plan);
    const now = isFrozen ? freeze : null;
    return judged(judgement, until, { at, facts: someFacts({ freeze: now }), freeze: now });
  }
  const fate = day.shifts[pass % day.shifts.length];
  if (bake.state === 'shifting' && fate === 'done') return { type: 'shifted', at: bake.since + 1, shiftId: bake.shift.id, summary: 'done' };
  if (bake.state === 'shifting' && fate === 'failed')
    return { type: 'shift_failed', at: bake.since + 1, shiftId: bake.shift.id, reason: 'no' };
  if (bake.state === 'rolling_back') return { type: 'rollback_succeeded', at, orderId: bake.order.id, summary: 'done' };
  return { type: 'elapsed', at, freeze: isFrozen ? freeze : null };
}

const weightsIn = (lines: readonly Line[]) =>
  lines.flatMap(({ effects }) => effects.flatMap((one) => (one.kind === 'shift' ? [one.shift.weight] : [])));

test('every bake in stages ends, whatever becomes of its shifts', () => {
  fc.assert(
    fc.property(plans, days, (plan, day) => {
      expect(isFinal(live(plan, day).at(-1)!.after)).toBe(true);
    }),
  );
});

test('the traffic rises from stage to stage, and never again once it fell to nothing', () => {
  fc.assert(
    fc.property(plans, days, (plan, day) => {
      const weights = weightsIn(live(plan, day));
      const rising = weights.filter((weight) => weight > 0);
      expect(rising).toEqual(plan.traffic?.stages.slice(0, rising.length).map(({ weight }) => weight));
      expect(weights.indexOf(0) === -1 || weights.indexOf(0) === weights.length - 1).toBe(true);
    }),
  );
});

test('a bake that was found unhealthy gets no more traffic, and loses it before anything is rolled back', () => {
  fc.assert(
    fc.property(plans, days, (plan, day) => {
      const lines = live(plan, day);
      const found = lines.findIndex(
        ({ before, event }) => before.state === 'baking' && event.type === 'judged' && event.judgement.kind === 'unhealthy',
      );
      if (found !== -1) expect(weightsIn(lines.slice(found)).filter((weight) => weight > 0)).toEqual([]);
      const kinds = lines.flatMap(({ effects }) =>
        effects.map((effect) => (effect.kind === 'shift' ? `shift ${effect.shift.weight}` : effect.kind)),
      );
      if (kinds.includes('roll_back')) expect(kinds.indexOf('shift 0')).toBeLessThan(kinds.indexOf('roll_back'));
      if (kinds.includes('roll_back')) expect(kinds).toContain('shift 0');
    }),
  );
});

test('only a healthy release at the end of its stage gets more, and only with all of the traffic may it pass', () => {
  fc.assert(
    fc.property(plans, days, (plan, day) => {
      for (const { before, event, after, effects } of live(plan, day)) {
        const weight = effects.find((effect) => effect.kind === 'shift')?.shift.weight ?? 0;
        if (weight > 0 && before.state === 'baking') {
          expect(event).toMatchObject({ type: 'judged', judgement: { kind: 'healthy' } });
          expect(event.type === 'judged' && event.until).toBeGreaterThanOrEqual(before.endsAt);
        }
        if (weight > 0) expect('freeze' in event && event.freeze ? event.freeze : null).toBeNull();
        if (after.state === 'passed') expect(after.weight).toBe(100);
      }
    }),
  );
});

test('what could not be shifted, or not be judged, is never held against the release', () => {
  const kind = fc.array(fc.constantFrom<Judgement>(healthy, healthy, tooLittle, notAsked), { minLength: 1, maxLength: 12, size: 'max' });
  fc.assert(
    fc.property(plans, days, kind, (plan, day, judgements) => {
      const last = live(plan, { ...day, judgements }).at(-1)!.after;
      expect(['passed', 'inconclusive']).toContain(last.state);
    }),
  );
});

test('no tick is judged twice, and what is left out lies between the stages', () => {
  fc.assert(
    fc.property(plans, days, (plan, day) => {
      for (const { after } of live(plan, day)) {
        if (after.state !== 'baking' || after.stage === undefined) continue;
        const { leftOut, number } = after.stage;
        expect(leftOut).toHaveLength(number - 1);
        for (const [i, { from, to }] of leftOut.entries()) {
          expect(from).toBeGreaterThan(leftOut[i - 1]?.to ?? after.from);
          expect(to - from).toBeGreaterThanOrEqual(plan.warmupMs);
          expect([from % step, to % step]).toEqual([t0 % step, t0 % step]);
        }
      }
    }),
  );
});
