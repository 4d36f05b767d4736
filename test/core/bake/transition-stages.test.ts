import { describe, expect, test } from 'vitest';
import type { Bake } from '../../../src/core/bake/bake.ts';
import { begin } from '../../../src/core/bake/begin.ts';
import { decide } from '../../../src/core/bake/decide.ts';
import type { BakeEvent } from '../../../src/core/bake/event.ts';
import type { Facts } from '../../../src/core/bake/facts.ts';
import type { Plan } from '../../../src/core/bake/plan.ts';
import { transition } from '../../../src/core/bake/transition.ts';
import {
  aBake,
  aDeploy,
  aPlan,
  aRuleSet,
  healthy,
  judged,
  notAsked,
  someFacts,
  step,
  t0,
  tooLittle,
  unhealthy,
} from '../../support/builders.ts';

const stages = [
  { weight: 5, forMs: 4 * step },
  { weight: 25, forMs: 4 * step },
  { weight: 100, forMs: 6 * step },
];
const traffic = { hook: 'splitter', stages };
const staged = (rest: Partial<Plan> = {}): Plan => aPlan({ traffic, forMs: 18 * step, warmupMs: 2 * step, extendMs: 4 * step, ...rest });
const freeze: NonNullable<Facts['freeze']> = { service: 'shop', by: 'ana', why: 'a sale', since: t0 };

/** Where a bake is, how much traffic it was last confirmed to have, and what must be done, in one line. */
function play(bake: Bake, events: readonly BakeEvent[], plan: Plan = staged()): { readonly bake: Bake; readonly lines: readonly string[] } {
  let now = bake;
  const lines = events.map((event) => {
    const result = transition(now, event, plan);
    if (!result.ok) return `no: ${result.refusal}`;
    now = result.next;
    const done = result.effects.flatMap((effect) => {
      if (effect.kind === 'look_around') return [];
      if (effect.kind === 'shift') return `shift ${effect.shift.weight}`;
      return effect.kind === 'notify' ? effect.topic : effect.kind;
    });
    const where = now.state === 'baking' && now.stage ? `stage ${now.stage.number}` : now.state;
    return `${where} (${now.weight ?? '-'}) [${done.join()}]`;
  });
  return { bake: now, lines };
}

const first = begin(aDeploy(), staged(), 'finished').next;
const elapsed = (at = t0): BakeEvent => ({ type: 'elapsed', at });
const shifted = (weight: number, at: number): BakeEvent => ({ type: 'shifted', at, shiftId: `d2:shift:${weight}`, summary: 'done' });
const notShifted = (weight: number, at: number): BakeEvent => ({
  type: 'shift_failed',
  at,
  shiftId: `d2:shift:${weight}`,
  reason: 'refused',
});
/** The first stage is judged from here: the shift was confirmed a second after it was ordered, and settled. */
const from = t0 + 3 * step;
const inFirst = play(first, [elapsed(), shifted(5, t0 + 1_000)]).bake;
/** The second stage, whose shift was ordered when the first was over and confirmed a second later. */
const over = from + 4 * step;
const second = over + 5_000;
const inSecond = play(inFirst, [judged(healthy, over), shifted(25, second + 1_000)]).bake;
const from2 = over + 3 * step;
const inLast = play(inSecond, [judged(healthy, from2 + 4 * step), shifted(100, from2 + 4 * step + 6_000)]).bake;
const from3 = from2 + 7 * step;

describe('a good release', () => {
  test('gets more and more of the traffic, and passes once', () => {
    const events = [
      elapsed(),
      shifted(5, t0 + 1_000),
      judged(healthy, from + step),
      judged(healthy, over),
      shifted(25, second + 1_000),
      judged(healthy, from2 + 4 * step),
      shifted(100, from2 + 4 * step + 6_000),
      judged(healthy, from3 + 5 * step),
      judged(healthy, from3 + 6 * step),
    ];
    expect(play(first, events).lines).toEqual([
      'shifting (-) [shift 5]',
      'stage 1 (5) []',
      'stage 1 (5) []',
      'shifting (5) [shift 25]',
      'stage 2 (25) []',
      'shifting (25) [shift 100]',
      'stage 3 (100) []',
      'stage 3 (100) []',
      'passed (100) [remember_running,passed]',
    ]);
  });

  test('is judged from a warm-up after each confirmation on, and what lies between is left out', () => {
    expect(inFirst).toMatchObject({ from, endsAt: from + 4 * step, limitAt: from + 8 * step, nextAt: from + step + 5_000 });
    expect(inSecond).toMatchObject({ from, endsAt: from2 + 4 * step, stage: { leftOut: [{ from: over, to: from2 }] } });
    const leftOut = [
      { from: over, to: from2 },
      { from: from2 + 4 * step, to: from3 },
    ];
    expect(inLast).toMatchObject({ from, endsAt: from3 + 6 * step, stage: { number: 3, of: 3, weight: 100, leftOut } });
  });

  test('that was extended in one stage has less left for the others', () => {
    const { bake } = play(inFirst, [judged(tooLittle, over), judged(healthy, over + 3 * step), shifted(25, over + 4 * step)]);
    expect(bake).toMatchObject({ state: 'baking', stage: { number: 2 } });
    expect(bake.state === 'baking' && bake.limitAt - bake.endsAt).toBe(step);
  });

  test.for([tooLittle, notAsked])(
    'that cannot be judged ($reasons.0) stays in its stage, and ends with the traffic it has',
    (judgement) => {
      const { lines, bake } = play(inFirst, [judged(judgement, over), judged(judgement, over + 4 * step)]);
      expect(lines.map((line) => line.replace('blind', ''))).toEqual(['stage 1 (5) []', 'inconclusive (5) [inconclusive]']);
      expect(bake).toMatchObject({
        reasons: [...judgement.reasons, 'the release keeps 5 % of the traffic: shift it by hand, or roll back'],
      });
    },
  );
});

describe('a bad release', () => {
  const bad = judged(unhealthy, from2 + step);

  test('loses its traffic first, and is rolled back then', () => {
    const { lines, bake } = play(inSecond, [bad, shifted(0, from2 + 2 * step)]);
    expect(lines).toEqual(['shifting (25) [shift 0]', 'rolling_back (0) [roll_back,unhealthy]']);
    expect(bake).toMatchObject({ order: { id: 'd2:d1', reasons: ['errors: 9 %', 'all traffic is back on the stable release'] } });
  });

  test('is rolled back all the same where the traffic cannot be shifted, and that is said', () => {
    const { lines, bake } = play(inSecond, [bad, notShifted(0, from2 + 2 * step)]);
    expect(lines[1]).toBe('rolling_back (25) [roll_back,unhealthy]');
    expect(JSON.stringify(bake)).toContain('the shift of traffic to 0 % failed: refused; check how much traffic the release still gets');
  });

  test('is rolled back a minute later where nothing is heard of the shift', () => {
    const { at } = bad;
    const { lines } = play(inSecond, [bad, elapsed(at + 59_999), elapsed(at + 60_000)]);
    expect(lines.slice(1)).toEqual(['no: the bake is not due yet', 'rolling_back (25) [roll_back,unhealthy]']);
  });

  test('is known to have lost its traffic also where that is confirmed late', () => {
    const late = shifted(0, from2 + 20 * step);
    const { lines } = play(inSecond, [bad, elapsed(bad.at + 60_000), shifted(25, from2), late]);
    expect(lines.slice(2)).toEqual(['no: no traffic is being shifted; the bake is rolling_back', 'rolling_back (0) []']);
  });

  const held: readonly { name: string; plan?: Partial<Plan>; facts?: Partial<Facts>; before?: string; expected: readonly string[] }[] = [
    { name: 'no known-good release', facts: { knownGood: null }, expected: ['shifting (25) [shift 0]', 'failed (0) [failed]'] },
    { name: 'irreversible migrations', facts: { irreversible: 'v2' }, expected: ['shifting (25) [shift 0]', 'failed (0) [failed]'] },
    { name: 'no rollback hook', plan: { hook: null }, expected: ['shifting (25) [shift 0]', 'failed (0) [failed]'] },
    { name: 'unhealthy before', before: 'errors', expected: ['shifting (25) [shift 0]', 'failed (0) [failed]'] },
    { name: 'budget', facts: { rollbacks: [t0, t0, t0] }, expected: ['shifting (25) [shift 0]', 'failed (0) [failed]'] },
    { name: 'approval', plan: { onFailure: 'approve' }, expected: ['shifting (25) [shift 0]', 'awaiting_approval (0) [approval]'] },
    {
      name: 'on_failure: notify',
      plan: { onFailure: 'notify' },
      expected: ['failed (25) [failed]', 'no: no traffic is being shifted; the bake is failed'],
    },
    { name: 'frozen', facts: { freeze }, expected: ['failed (25) [failed]', 'no: no traffic is being shifted; the bake is failed'] },
  ];
  test.for(held)('held by: $name', ({ plan, facts, before, expected }) => {
    const event = judged(unhealthy, from2 + step, { facts: someFacts(facts), ...(before !== undefined && { before }) });
    const { lines, bake } = play(inSecond, [event, shifted(0, from2 + 2 * step)], staged(plan));
    expect(lines).toEqual(expected);
    if (bake.weight === 25) expect(JSON.stringify(bake)).toContain('the release keeps 25 % of the traffic');
  });
});

describe('a shift forwards that fails', () => {
  test.for([
    { name: 'for good', events: [notShifted(25, second)] },
    { name: 'without a word', events: [elapsed(second + 600_000)] },
  ])('$name takes all traffic back, and is never held against the release', ({ events }) => {
    const { lines, bake } = play(inFirst, [judged(healthy, over), ...events, shifted(0, second + 700_000)]);
    expect(lines).toEqual(['shifting (5) [shift 25]', 'shifting (5) [shift 0]', 'inconclusive (0) [inconclusive]']);
    expect(JSON.stringify(bake)).toContain('the shift of traffic to 25 % ');
  });

  test('back, too, leaves open how much it gets', () => {
    const { lines, bake } = play(inFirst, [judged(healthy, over), notShifted(25, second), notShifted(0, second + 1)]);
    expect(lines[2]).toBe('inconclusive (5) [inconclusive]');
    expect(JSON.stringify(bake)).toContain('check how much traffic the release still gets');
  });

  test('is not taken for another: a receipt of an older shift changes nothing', () => {
    const { lines } = play(inFirst, [judged(healthy, over), shifted(5, second), notShifted(5, second)]);
    expect(lines.slice(1)).toEqual(['no: another shift is in progress (d2:shift:25)', 'no: another shift is in progress (d2:shift:25)']);
  });
});

describe('a freeze', () => {
  test('holds the first shift for as long as the bake may be extended', () => {
    const frozen = (at: number): BakeEvent => ({ type: 'elapsed', at, freeze });
    expect(play(first, [frozen(t0), frozen(t0 + step), elapsed(t0 + 2 * step)]).lines).toEqual([
      'warming (-) []',
      'warming (-) []',
      'shifting (-) [shift 5]',
    ]);
    expect(play(first, [frozen(t0 + 4 * step)]).lines).toEqual(['inconclusive (-) [inconclusive]']);
  });

  test('holds a later one, while the release is still being watched', () => {
    const { lines, bake } = play(inFirst, [judged(healthy, over, { freeze }), judged(healthy, over + step), shifted(25, over + 2 * step)]);
    expect(lines).toEqual(['stage 1 (5) []', 'shifting (5) [shift 25]', 'stage 2 (25) []']);
    expect(bake.state === 'baking' && bake.limitAt - bake.endsAt).toBe(3 * step);
    expect(play(inFirst, [judged(healthy, over + 4 * step, { freeze })]).lines).toEqual(['inconclusive (5) [inconclusive]']);
  });

  test('does not keep a release from passing that has all the traffic', () => {
    expect(play(inLast, [judged(healthy, from3 + 6 * step, { freeze })]).lines).toEqual(['passed (100) [remember_running,passed]']);
  });
});

describe('a person', () => {
  const at = from2 + 2 * step;
  const asked = { at, by: 'ana', why: 'complaints' };
  const shifting = play(inFirst, [judged(healthy, over)]).bake;
  const back = play(inSecond, [judged(unhealthy, from2 + step)]).bake;

  test('who vouches for the release gives it all the traffic', () => {
    const { lines } = play(inSecond, [{ type: 'passed_by_hand', ...asked }, shifted(100, at + 1)]);
    expect(lines).toEqual(['shifting (25) [shift 100]', 'passed (100) [remember_running,passed]']);
  });

  test('who cancels leaves the traffic as it is', () => {
    const current = { version: 3, plan: staged(), ruleSet: aRuleSet() };
    const said = (bake: Bake) => {
      const decided = decide({ ...current, bake }, { type: 'canceled', at, by: 'ana' }, 'ana');
      return decided.ok ? decided.timeline.map(({ text }) => text) : [];
    };
    expect(said(inSecond)).toEqual(['canceled by ana; the release keeps 25 % of the traffic']);
    expect(said(shifting)[0]).toContain('the shift to 25 % was not finished: check how much traffic the release gets');
    expect(said(aBake('baking'))).toEqual(['canceled by ana']);
  });

  test('who wants a rollback takes the traffic away first, also in the middle of a shift', () => {
    const event = { type: 'rollback_requested', ...asked, facts: someFacts() } as const;
    const expected = [expect.stringMatching(/^shifting .* \[shift 0\]$/), 'rolling_back (0) [roll_back,unhealthy]'];
    for (const bake of [inSecond, shifting]) expect(play(bake, [event, shifted(0, at + 1)]).lines).toEqual(expected);
    expect(play(first, [event]).lines).toEqual(['rolling_back (-) [roll_back,unhealthy]']);
    expect(play(inLast, [judged(healthy, from3 + 6 * step), event]).lines[1]).toBe('rolling_back (100) [roll_back,unhealthy]');
  });

  test.for<[string, BakeEvent, string]>([
    ['roll back', { type: 'rollback_requested', ...asked, facts: someFacts() }, 'no: traffic is being shifted back; try again in a moment'],
    ['cancel', { type: 'canceled', at, by: 'ana' }, 'no: traffic is being shifted back'],
    ['supersede', { type: 'superseded', at, by: 'd3', version: 'v3' }, 'no: traffic is being shifted back'],
    ['pass', { type: 'passed_by_hand', ...asked }, 'no: the bake is shifting'],
  ])('cannot $0 while the traffic is being shifted back', ([, event, expected]) => {
    expect(play(back, [event]).lines).toEqual([expected]);
  });

  test('who extends lengthens the stage', () => {
    const { bake } = play(inFirst, [{ type: 'extended', at, byMs: 2 * step }]);
    expect(bake).toMatchObject({ endsAt: over + 2 * step, limitAt: over + 6 * step });
  });
});

test('what comes next is told with the shares', () => {
  const words = (phase: 'started' | 'finished') => begin(aDeploy(), staged(), phase).effects.slice(-1);
  expect(words('finished')).toMatchObject([{ reasons: ['baking for 4m30s with 5 %, 25 %, 100 % of the traffic'] }]);
  expect(words('started')).toMatchObject([
    { reasons: [expect.stringMatching(/^waiting for the deploy to finish, then baking for .* with 5 %/)] },
  ]);
});

test('people who were told that nothing could be asked are told that it can be again, also at the end of a stage', () => {
  const blind = { ...inFirst, blind: { since: t0, told: true } } as Bake;
  expect(play(blind, [judged(healthy, over)]).lines).toEqual(['shifting (5) [shift 25,sighted]']);
});

describe('stages are left alone', () => {
  test.for([
    { name: 'where the operator only observes', plan: staged({ observeOnly: true }), cause: 'release' as const },
    { name: 'in a rollback, which must be quick', plan: staged(), cause: 'rollback' as const },
  ])('$name', ({ plan, cause }) => {
    const begun = begin(aDeploy({ cause: { kind: cause } }), plan, 'finished').next;
    expect(begun).toMatchObject({ state: 'warming', nextAt: t0 + 2 * step });
    const { lines, bake } = play(begun, [elapsed(t0 + 2 * step), judged(healthy, t0 + 20 * step)], plan);
    expect(lines).toEqual(['baking (-) []', 'passed (-) [remember_running,passed]']);
    expect(bake.weight).toBeUndefined();
  });

  test('until the deploy has finished, there is nothing to shift to', () => {
    const started = begin(aDeploy(), staged(), 'started').next;
    expect(play(started, [{ type: 'finished', at: t0 + step }, elapsed(t0 + step)]).lines).toEqual([
      'warming (-) [remember_running]',
      'shifting (-) [shift 5]',
    ]);
    expect(play(started, [{ type: 'passed_by_hand', at: t0, by: 'ana', why: 'sure' }]).lines).toEqual(['passed (-) [passed]']);
  });
});

test('a shift of another weight, and of the same, is told by its id', () => {
  const [toFive, toTwentyFive] = [play(first, [elapsed()]).bake, play(inFirst, [judged(healthy, over)]).bake];
  expect([toFive, toTwentyFive].map((bake) => bake.state === 'shifting' && bake.shift.id)).toEqual(['d2:shift:5', 'd2:shift:25']);
});
