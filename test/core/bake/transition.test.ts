import { describe, expect, test } from 'vitest';
import { type Bake, isClear, type StateName } from '../../../src/core/bake/bake.ts';
import type { Topic } from '../../../src/core/bake/effect.ts';
import type { BakeEvent } from '../../../src/core/bake/event.ts';
import type { Facts } from '../../../src/core/bake/facts.ts';
import type { Plan } from '../../../src/core/bake/plan.ts';
import { transition } from '../../../src/core/bake/transition.ts';
import type { Transition } from '../../../src/core/bake/transition-result.ts';
import type { Judgement } from '../../../src/core/judge/judgement.ts';
import {
  aBake,
  aPlan,
  type BakeOptions,
  clear,
  healthy,
  judged,
  leaning,
  notAsked,
  quiet,
  someFacts,
  stateNames,
  step,
  t0,
  times,
  tooLittle,
  unhealthy,
  unmeasured,
  v1,
} from '../../support/builders.ts';

const from = t0 + 2 * step;
const [endsAt, limitAt] = [from + 8 * step, from + 12 * step];
/** An hour later nothing of the usual bake is still to come. */
const later = t0 + 7_200_000;

/** The next state, or the refusal in words. */
function outcomeOf(result: Transition): string {
  return result.ok ? result.next.state : `no: ${result.refusal}`;
}

/** What must be done, without the look around (it has tests of its own): `roll_back`, `shift`, `remember_running`, or the topic that people are told. */
function effectsOf(result: Transition): readonly (Topic | 'roll_back' | 'shift' | 'remember_running')[] {
  if (!result.ok) return [];
  return result.effects.flatMap((effect) => (effect.kind === 'look_around' ? [] : [effect.kind === 'notify' ? effect.topic : effect.kind]));
}

function next(bake: Bake, event: BakeEvent, plan: Plan = aPlan()): Bake {
  const result = transition(bake, event, plan);
  if (!result.ok) throw new Error(result.refusal);
  return result.next;
}

const orderId = 'd2:d1';
const asked = { by: 'ana', why: 'customers complain' };
const underWay = 'no: a rollback is in progress';
const final = (words: (state: StateName) => string): Record<StateName, string> =>
  Object.fromEntries(stateNames.map((state) => [state, words(state)])) as Record<StateName, string>;

/** One table an event: what it makes of a bake in each state. What is not named is refused with the words of `else`. */
const tables: readonly { event: BakeEvent; else: (state: StateName) => string; but: Partial<Record<StateName, string>> }[] = [
  {
    event: { type: 'finished', at: later },
    else: (state) => `no: the bake is already ${state}`,
    but: { warming: 'no: the deploy has already finished' },
  },
  {
    event: { type: 'elapsed', at: later },
    else: (state) => `no: the bake is ${state}`,
    but: {
      warming: 'baking',
      shifting: 'shifting',
      baking: 'no: in this state a bake changes only when it is judged',
      verifying: 'no: in this state a bake changes only when it is judged',
      awaiting_approval: 'failed',
      rolling_back: 'failed',
    },
  },
  {
    event: judged(unhealthy, from + step),
    else: (state) => `no: nothing is judged while the bake is ${state}`,
    but: { baking: 'rolling_back', verifying: 'verifying' },
  },
  {
    event: { type: 'extended', at: later, byMs: step },
    else: (state) => `no: a bake can be extended only while it is baking; this one is ${state}`,
    but: { baking: 'baking' },
  },
  {
    event: { type: 'approved', at: later, by: 'ana' },
    else: (state) => `no: nothing waits for approval; the bake is ${state}`,
    but: { awaiting_approval: 'rolling_back' },
  },
  {
    event: { type: 'rollback_requested', at: later, ...asked, facts: someFacts() },
    else: () => 'rolling_back',
    but: {
      shifting: 'shifting',
      rolling_back: underWay,
      verifying: underWay,
      rolled_back: 'no: this deploy was already rolled back',
      canceled: 'no: this deploy was canceled; request a rollback of the running deploy',
      superseded: 'no: this deploy was superseded; request a rollback of the running deploy',
    },
  },
  {
    event: { type: 'rollback_succeeded', at: later, orderId, summary: 'v1 is running' },
    else: (state) => `no: no rollback is in progress; the bake is ${state}`,
    but: { rolling_back: 'verifying' },
  },
  {
    event: { type: 'rollback_failed', at: later, orderId, outcome: 'unknown', reasons: ['timed out'] },
    else: (state) => `no: no rollback is in progress; the bake is ${state}`,
    but: { rolling_back: 'failed' },
  },
  {
    event: { type: 'shifted', at: later, shiftId: 'd2:shift:5', summary: '5 %' },
    else: (state) => `no: no traffic is being shifted; the bake is ${state}`,
    but: { shifting: 'baking' },
  },
  {
    event: { type: 'shift_failed', at: later, shiftId: 'd2:shift:5', reason: 'timed out' },
    else: (state) => `no: no traffic is being shifted; the bake is ${state}`,
    but: { shifting: 'shifting' },
  },
  {
    event: { type: 'passed_by_hand', at: later, ...asked },
    else: (state) => `no: the bake is ${state}`,
    but: {
      warming: 'passed',
      shifting: 'passed',
      baking: 'passed',
      awaiting_approval: 'passed',
      inconclusive: 'no: the bake is inconclusive; to make the running release known-good, adopt it',
      failed: 'no: the bake is failed; to make the running release known-good, adopt it',
    },
  },
  ...(['canceled', 'superseded'] as const).map((type) => ({
    event: { type, at: later, by: 'ana' },
    else: (state: StateName) => `no: the bake is ${state}`,
    but: { warming: type, shifting: type, baking: type, awaiting_approval: type, rolling_back: underWay, verifying: underWay },
  })),
];

describe.for(tables)('$event.type', ({ event, but, ...table }) => {
  test.for(Object.entries({ ...final(table.else), ...but }))('in %s: %s', ([state, words]) => {
    // `Object.entries` forgets which strings the keys are.
    expect(outcomeOf(transition(aBake(state as StateName), event, aPlan()))).toBe(words);
  });
});

test('a deploy that is still under way warms up when it has finished', () => {
  const bake = aBake('warming', { deployedAt: null, nextAt: t0 + 1_800_000 });
  expect(next(bake, { type: 'finished', at: t0 + 60_000 })).toMatchObject({
    state: 'warming',
    deployedAt: t0 + 60_000,
    nextAt: t0 + 60_000 + 2 * step,
  });
});

describe('time', () => {
  test.for<StateName>(['warming', 'shifting', 'awaiting_approval', 'rolling_back'])('nothing elapses in %s before it is due', (state) => {
    expect(outcomeOf(transition(aBake(state), { type: 'elapsed', at: t0 }, aPlan()))).toBe('no: the bake is not due yet');
  });

  const starts: readonly { name: string; given?: BakeOptions; plan?: Partial<Plan>; expected: object }[] = [
    { name: 'baking begins on a multiple of the step', given: { deployedAt: t0 + 1 }, expected: { from: from + step } },
    { name: 'baking lasts whole ticks', plan: { forMs: 7 * step + 1 }, expected: { from, endsAt } },
    { name: 'baking lasts one tick at least', plan: { forMs: 1, extendMs: 0 }, expected: { endsAt: from + step, limitAt: from + step } },
    { name: 'the limit lies on a tick', plan: { extendMs: step + 1 }, expected: { limitAt: endsAt + 2 * step } },
    { name: 'the first tick is asked when it has settled', plan: { settleMs: 7_000 }, expected: { nextAt: from + step + 7_000 } },
    { name: 'however late it is looked at, baking begins when the warm-up ended', expected: { from, endsAt, limitAt } },
  ];
  test.for(starts)('$name', ({ given, plan, expected }) => {
    const begun = next(aBake('warming', given), { type: 'elapsed', at: later }, aPlan(plan));
    expect(begun).toMatchObject({ state: 'baking', ...expected });
  });

  test('a deploy that never finished is inconclusive, and people are told', () => {
    const result = transition(aBake('warming', { deployedAt: null }), { type: 'elapsed', at: later }, aPlan());
    expect([outcomeOf(result), effectsOf(result)]).toEqual(['inconclusive', ['inconclusive']]);
  });

  test.for([
    {
      name: 'an extension moves the end and the limit',
      byMs: 2 * step,
      expected: { endsAt: endsAt + 2 * step, limitAt: limitAt + 2 * step },
    },
    { name: 'an extension ends on a tick', byMs: step + 1, expected: { endsAt: endsAt + 2 * step, limitAt: limitAt + 2 * step } },
  ])('$name', ({ byMs, expected }) => {
    expect(next(aBake('baking'), { type: 'extended', at: t0, byMs })).toMatchObject(expected);
  });

  test.for([0, -step, Number.NaN, Number.POSITIVE_INFINITY])('a bake cannot be extended by %d', (byMs) => {
    expect(outcomeOf(transition(aBake('baking'), { type: 'extended', at: t0, byMs }, aPlan()))).toMatch(/^no: .*longer/);
  });
});

/** A judgement up to an instant, and what comes of it: the next state, and in brackets what must be done. */
type Row = { name: string; given?: BakeOptions; event: BakeEvent; expected: string };

function summaryOf(result: Transition): string {
  return `${outcomeOf(result)} [${effectsOf(result).join()}]`;
}

describe('baking', () => {
  const low: Judgement = { kind: 'healthy', confidence: 'low', reasons: ['errors: 0.1 %; orders: no history yet'] };
  const passed = 'passed [remember_running,passed]';
  const rows: readonly Row[] = [
    { name: 'healthy before the end goes on', event: judged(healthy, endsAt - step), expected: 'baking []' },
    { name: 'healthy at the end passes and is remembered', event: judged(healthy, endsAt), expected: passed },
    { name: 'healthy without history passes, too', event: judged(low, endsAt), expected: passed },
    { name: 'undecided at the end is extended', event: judged(tooLittle, endsAt), expected: 'baking []' },
    { name: 'healthy in the extension passes', event: judged(healthy, endsAt + step), expected: passed },
    { name: 'undecided at the limit is inconclusive', event: judged(tooLittle, limitAt), expected: 'inconclusive [inconclusive]' },
    { name: 'not asked up to the limit is inconclusive', event: judged(notAsked, limitAt), expected: 'inconclusive [inconclusive]' },
    { name: 'unhealthy is rolled back at once', event: judged(unhealthy, from + step), expected: 'rolling_back [roll_back,unhealthy]' },
    { name: 'unhealthy at the limit is rolled back', event: judged(unhealthy, limitAt), expected: 'rolling_back [roll_back,unhealthy]' },
  ];
  test.for(rows)('$name', ({ given, event, expected }) => {
    expect(summaryOf(transition(aBake('baking', given), event, aPlan()))).toBe(expected);
  });

  test('passing ends blindness that people were told of', () => {
    const bake = aBake('baking', { blind: { since: t0, told: true } });
    expect(summaryOf(transition(bake, judged(healthy, endsAt), aPlan()))).toBe('passed [sighted,remember_running,passed]');
  });

  test('the next tick is asked when it has settled, also where this pass is late', () => {
    expect(next(aBake('baking'), judged(tooLittle, from + 3 * step, { at: from + 4 * step + 4_999 }))).toMatchObject({
      nextAt: from + 4 * step + 5_000,
      reasons: tooLittle.reasons,
    });
  });

  test.for(['baking', 'verifying'] as const)(
    'where the clock of a provider is behind, a bake that is %s waits whole steps more',
    (state) => {
      const bake = aBake(state);
      const at = from + 5 * step;
      expect(next(bake, judged(tooLittle, from + 3 * step, { at }))).toMatchObject({ state, nextAt: from + 5 * step + 5_000 });
      expect(next(bake, judged(tooLittle, from + 3 * step, { at: at + 5_000 }))).toMatchObject({ nextAt: from + 6 * step + 5_000 });
    },
  );

  test('a pass says how sure it is', () => {
    expect(next(aBake('baking'), judged(low, endsAt))).toMatchObject({ confidence: 'low', by: null, reasons: low.reasons });
  });

  test('without a hook nothing needs to be remembered', () => {
    expect(effectsOf(transition(aBake('baking'), judged(healthy, endsAt), aPlan({ hook: null })))).toEqual(['passed']);
  });
});

describe('a clear bake', () => {
  const limited = { endsAt: from + 2 * step, limitAt: from + 4 * step };
  const passes = [judged(healthy, from + step), judged(clear, from + 2 * step), judged(healthy, from + 3 * step)];
  const bakeAfter = (count: number, plan = aPlan()) =>
    passes.slice(0, count).reduce((bake, event) => next(bake, event, plan), aBake('baking'));

  test('records when every critical check had ruled out harm, once', () => {
    expect(bakeAfter(1)).not.toHaveProperty('clearAt');
    expect(bakeAfter(2)).toMatchObject({ state: 'baking', clearAt: from + 2 * step + 5_000 });
    expect(bakeAfter(3)).toMatchObject({ state: 'baking', clearAt: from + 2 * step + 5_000 });
  });

  test('keeps that to its end, whatever the end is', () => {
    const clearAt = from + 2 * step + 5_000;
    expect(next(bakeAfter(3), judged(healthy, endsAt))).toMatchObject({ state: 'passed', clearAt });
    expect(next(bakeAfter(3), judged(unhealthy, endsAt))).toMatchObject({ state: 'rolling_back', clearAt });
    expect(next(aBake('baking', limited), judged(clear, limited.endsAt))).toMatchObject({ state: 'passed', clearAt });
  });

  test('is reached until something bad is found', () => {
    expect([isClear(bakeAfter(1)), isClear(bakeAfter(2)), isClear(next(bakeAfter(3), judged(healthy, endsAt)))]).toEqual([
      false,
      true,
      true,
    ]);
    expect(isClear(next(bakeAfter(3), judged(unhealthy, endsAt)))).toBe(false);
  });

  test('in stages counts only in the last one', () => {
    const stage = (number: number) => ({ number, of: 2, weight: 5, leftOut: [] });
    expect(next(aBake('baking', { stage: stage(1) }), judged(clear, from + step))).not.toHaveProperty('clearAt');
    expect(next(aBake('baking', { stage: stage(2) }), judged(clear, from + step))).toMatchObject({ clearAt: from + step + 5_000 });
  });
});

describe('an extension', () => {
  test('begins where the bake is not decided at its planned end, and lasts', () => {
    const begun = next(aBake('baking'), judged(tooLittle, endsAt));
    expect(begun).toMatchObject({ extendedSince: endsAt + 5_000, reasons: tooLittle.reasons });
    expect(next(begun, judged(tooLittle, endsAt + step))).toMatchObject({ extendedSince: endsAt + 5_000 });
    expect(next(aBake('baking'), judged(tooLittle, endsAt - step))).not.toHaveProperty('extendedSince');
  });

  test('is over where a person moves the planned end', () => {
    const begun = next(aBake('baking'), judged(tooLittle, endsAt));
    expect(next(begun, { type: 'extended', at: t0, byMs: 2 * step })).not.toHaveProperty('extendedSince');
  });
});

describe('blindness', () => {
  test('people are told once when it has lasted too long, and once when it is over', () => {
    const steps = [...times(5, notAsked), tooLittle, healthy, ...times(7, notAsked)];
    let bake = aBake('baking', { endsAt: later, limitAt: later });
    const told = steps.map((judgement, i) => {
      const result = transition(bake, judged(judgement, from + (i + 1) * step), aPlan({ blindAfterMs: 3 * step }));
      if (result.ok) bake = result.next;
      return effectsOf(result).join();
    });
    // The second time it must last twice as long.
    expect(told).toEqual(['', '', '', 'blind', '', 'sighted', '', '', '', '', '', '', '', 'blind']);
  });

  test('blindness that people were not told of ends without a word', () => {
    const bake = aBake('baking', { blind: { since: from, told: false } });
    expect(effectsOf(transition(bake, judged(healthy, from + step), aPlan()))).toEqual([]);
  });
});

describe('a rollback to a target that runs already', () => {
  const rolling = aBake('rolling_back');
  const orderId = rolling.state === 'rolling_back' ? rolling.order.id : '';
  const there: BakeEvent = { type: 'rollback_succeeded', at: t0, orderId, summary: 'it runs', alreadyThere: true };
  const play = (bake: Bake, ...events: readonly BakeEvent[]) => events.reduce((one, event) => next(one, event), bake);

  test('acts once where the service does not recover, and then no more', () => {
    const verifying = next(rolling, there);
    const end = verifying.state === 'verifying' ? verifying.endsAt : 0;
    const again = transition(verifying, judged(unhealthy, end), aPlan());
    expect(summaryOf(again)).toBe('rolling_back [roll_back]');
    expect(again).toMatchObject({ effects: [{ order: { id: orderId, isRepeated: true } }] });
    const second = play(verifying, judged(unhealthy, end), there);
    const secondEnd = second.state === 'verifying' ? second.endsAt : 0;
    expect(play(second, judged(unhealthy, secondEnd))).toMatchObject({ state: 'failed', rolledBack: 'yes' });
  });

  test('does nothing more where the service recovers', () => {
    const verifying = next(rolling, there);
    const from = verifying.state === 'verifying' ? verifying.from : 0;
    expect(play(verifying, judged(healthy, from + step), judged(healthy, from + 2 * step))).toMatchObject({ state: 'rolled_back' });
  });
});

describe('verifying', () => {
  const end = from + 4 * step;
  const [none, one] = [{ healthyTicks: 0 }, { healthyTicks: 1 }];
  const rows: readonly Row[] = [
    { name: 'one healthy tick is not a recovery', given: none, event: judged(healthy, from + step), expected: 'verifying []' },
    { name: 'two in a row are', given: one, event: judged(healthy, from + 2 * step), expected: 'rolled_back [recovered]' },
    { name: 'one at the end waits for a second', given: none, event: judged(healthy, end), expected: 'verifying []' },
    { name: 'unhealthy at the end needs a person', given: one, event: judged(unhealthy, end), expected: 'failed [failed]' },
    { name: 'not asked at the end needs a person', given: one, event: judged(notAsked, end), expected: 'failed [failed]' },
    {
      name: 'a tick in which not every check passes is not healthy',
      given: one,
      event: judged(unmeasured, from + 2 * step),
      expected: 'verifying []',
    },
    {
      name: 'what could not be measured is no recovery, and no failure',
      given: one,
      event: judged(unmeasured, end),
      expected: 'rolled_back [inconclusive]',
    },
    {
      name: 'too little to confirm is no failure where nothing bad was seen',
      given: one,
      event: judged(quiet, end),
      expected: 'rolled_back [inconclusive]',
    },
    { name: 'a check that leans at the end needs a person', given: one, event: judged(leaning, end), expected: 'failed [failed]' },
    { name: 'no data at the end needs a person', given: one, event: judged(tooLittle, end), expected: 'failed [failed]' },
    { name: 'unhealthy before the end goes on', given: one, event: judged(unhealthy, end - step), expected: 'verifying []' },
  ];
  test.for(rows)('$name', ({ given, event, expected }) => {
    expect(summaryOf(transition(aBake('verifying', given), event, aPlan()))).toBe(expected);
  });

  test.for([unhealthy, tooLittle, notAsked, unmeasured])('$kind ($reasons.0) starts the count of healthy ticks again', (judgement) => {
    expect(next(aBake('verifying', { healthyTicks: 1 }), judged(judgement, from + 2 * step))).toMatchObject({ healthyTicks: 0 });
  });

  test('a recovery names what was seen', () => {
    const result = transition(aBake('verifying', one), judged(healthy, from + 2 * step), aPlan());
    expect(result).toMatchObject({ effects: [{ topic: 'recovered', reasons: healthy.reasons }, { kind: 'look_around' }] });
    expect(result.ok && result.next).not.toHaveProperty('unconfirmed');
  });

  test('a recovery that was not measured is not claimed', () => {
    const result = transition(aBake('verifying'), judged(unmeasured, end), aPlan());
    expect(result).toMatchObject({
      next: { state: 'rolled_back', unconfirmed: ['errors: few'] },
      effects: [
        { topic: 'inconclusive', reasons: ['v1 is back; its recovery could not be measured', 'errors: few'] },
        { kind: 'look_around' },
      ],
    });
  });

  test('not recovered is failed, with the release put back', () => {
    expect(next(aBake('verifying'), judged(unhealthy, end))).toMatchObject({ state: 'failed', rolledBack: 'yes' });
  });

  test('the recovery is watched from the first whole tick after the receipt', () => {
    const event = { type: 'rollback_succeeded', at: from + 1, orderId, summary: 'v1 is running' } as const;
    expect(next(aBake('rolling_back'), event)).toMatchObject({
      from: from + step,
      endsAt: from + 5 * step,
      nextAt: from + 2 * step + 5_000,
      healthyTicks: 0,
    });
  });
});

describe('rolling back', () => {
  const request = { type: 'rollback_requested', at: later, ...asked, facts: someFacts() } as const;
  const orderIn = (bake: Bake) => ('order' in bake ? bake.order : null);

  test('the order is named after the bake and its target, whoever wants it and when', () => {
    const ordered = [
      next(aBake('baking'), judged(unhealthy, from + step)),
      next(aBake('awaiting_approval'), { type: 'approved', at: later, by: 'ana' }),
      next(aBake('passed'), request),
      next(aBake('failed', { rolledBack: 'unknown' }), request),
    ];
    expect(ordered.map((bake) => orderIn(bake)?.id)).toEqual([orderId, orderId, orderId, orderId]);
  });

  test('another target is another order', () => {
    const facts = someFacts({ knownGood: { deployId: 'd0', version: 'v0' } });
    expect(orderIn(next(aBake('failed'), { ...request, facts }))).toMatchObject({ id: 'd2:d0', target: { version: 'v0' } });
  });

  test('the order carries its target with all that is known of it, and every reason', () => {
    const target = { ...v1, commit: 'abc', image: 'shop@sha256:1', fingerprint: 'rev-7' };
    const facts = someFacts({ knownGood: target });
    expect(orderIn(next(aBake('baking'), judged(unhealthy, from + step, { facts })))).toEqual({
      id: orderId,
      target,
      reasons: unhealthy.reasons,
    });
  });

  test('who approved stands in the reasons', () => {
    expect(orderIn(next(aBake('awaiting_approval'), { type: 'approved', at: later, by: 'ana' }))?.reasons).toEqual([
      'errors: 9 %',
      'approved by ana',
    ]);
  });

  test.for(['rollback_succeeded', 'rollback_failed'] as const)('%s of another order is refused', (type) => {
    const event = { type, at: later, orderId: 'd2:d0', summary: '', outcome: 'no', reasons: ['x'] } as BakeEvent;
    expect(outcomeOf(transition(aBake('rolling_back'), event, aPlan()))).toBe('no: another rollback is in progress (d2:d1)');
  });

  test.for(['no', 'unknown'] as const)('a hook that gave up with outcome %s says so', (outcome) => {
    const event = { type: 'rollback_failed', at: later, orderId, outcome, reasons: ['it broke'] } as const;
    expect(next(aBake('rolling_back'), event)).toMatchObject({ state: 'failed', rolledBack: outcome, reasons: ['it broke'] });
  });

  describe('to a release that is gone from the platform', () => {
    const v0 = { deployId: 'd0', version: 'v0' };
    const failure = ['release v1 is gone from the platform: no such revision', 'errors: 9 %'] as const;
    const goneAt = (facts: Partial<Facts> = {}) =>
      ({
        type: 'rollback_failed',
        at: later,
        orderId,
        outcome: 'no',
        reasons: failure,
        gone: someFacts({ knownGood: v0, ...facts }),
      }) as const;
    const allowed = aPlan({ nextKnownGood: true });

    test('goes on to the known-good release before it, where the config allows that', () => {
      const result = transition(aBake('rolling_back'), goneAt(), allowed);
      const order = {
        id: 'd2:d0',
        target: v0,
        reasons: ['errors: 9 %', 'release v1 is gone from the platform'],
        passedOver: [v1],
      };
      expect(result).toMatchObject({
        next: { state: 'rolling_back', since: later, nextAt: later + 600_000, order },
        effects: [{ kind: 'roll_back', order }, { topic: 'unhealthy' }],
      });
    });

    test('waits for approval again, which was given for another release', () => {
      const asking = aPlan({ nextKnownGood: true, onFailure: 'approve' });
      const waiting = next(aBake('rolling_back'), goneAt(), asking);
      expect(waiting).toMatchObject({ state: 'awaiting_approval', target: v0, passedOver: [v1] });
      expect(orderIn(next(waiting, { type: 'approved', at: later, by: 'ana' }, asking))).toMatchObject({ id: 'd2:d0', passedOver: [v1] });
    });

    const passedOver = (count: number) => Array.from({ length: count }, (_, i) => ({ deployId: `gone-${i}`, version: `v1${i}` }));
    const orderAfter = (count: number) => ({ id: orderId, target: v1, reasons: ['errors: 9 %'] as const, passedOver: passedOver(count) });
    const holds: readonly { name: string; plan?: Plan; facts?: Partial<Facts>; gone?: number; says: string }[] = [
      { name: 'the config does not allow it', plan: aPlan(), says: 'policy.next_known_good' },
      { name: 'there is no other', facts: { knownGood: null }, says: 'there is no other known-good release' },
      { name: 'it would be the same again', facts: { knownGood: v1 }, says: 'there is no other known-good release' },
      { name: 'it would be one that is gone, too', facts: { knownGood: passedOver(1)[0]! }, gone: 1, says: 'there is no other' },
      { name: 'three were passed over', gone: 3, says: '4 known-good releases in a row are gone from the platform; check the platform' },
      { name: 'it was frozen meanwhile', facts: { freeze: { service: null, by: 'ana', why: 'a sale', since: t0 } }, says: 'frozen by ana' },
      { name: 'migrations lie between', facts: { irreversible: 'v1' }, says: 'the migrations of v1 cannot be undone' },
      { name: 'a newer deploy runs', facts: { replacedBy: { deployId: 'd3', version: 'v3' } }, says: 'v3 was deployed after it' },
      { name: 'the rules only notify', plan: aPlan({ nextKnownGood: true, onFailure: 'notify' }), says: 'on_failure: notify' },
    ];
    test.for(holds)('needs a person where $name', ({ plan = allowed, facts, gone = 0, says }) => {
      const result = transition(aBake('rolling_back', { order: orderAfter(gone) }), goneAt(facts), plan);
      expect(summaryOf(result)).toBe('failed [failed]');
      expect(result).toMatchObject({ next: { rolledBack: 'no', reasons: [...failure, expect.stringContaining(says)] } });
    });

    test('passes over three at most, and the third is tried', () => {
      expect(outcomeOf(transition(aBake('rolling_back', { order: orderAfter(2) }), goneAt(), allowed))).toBe('rolling_back');
    });
  });

  test('silence after an order is an unknown outcome, and people are told', () => {
    const result = transition(aBake('rolling_back'), { type: 'elapsed', at: later }, aPlan());
    expect(result).toMatchObject({ next: { state: 'failed', rolledBack: 'unknown' }, effects: [{ topic: 'failed' }] });
  });

  test('an approval that never came leaves everything as it is, and people are told', () => {
    const result = transition(aBake('awaiting_approval'), { type: 'elapsed', at: later }, aPlan());
    expect(result).toMatchObject({ next: { state: 'failed', rolledBack: 'no' }, effects: [{ topic: 'failed' }] });
  });

  test('a person who asks again after a failure gets the order performed again', () => {
    expect(effectsOf(transition(aBake('failed', { rolledBack: 'unknown' }), request, aPlan()))).toEqual(['roll_back', 'unhealthy']);
  });
});

describe('passed by hand', () => {
  const event = { type: 'passed_by_hand', at: later, ...asked } as const;

  test('a person vouches with name and reason, and people are told', () => {
    const result = transition(aBake('baking'), event, aPlan());
    expect(result).toMatchObject({
      next: { state: 'passed', by: 'ana', confidence: 'low', reasons: ['passed by ana: customers complain'] },
    });
    expect(effectsOf(result)).toContain('passed');
  });

  test.for([
    { name: 'what runs is remembered, as after any pass', given: {}, expected: ['remember_running', 'passed'] },
    {
      name: 'what runs while the deploy is still under way may be the old release: not remembered',
      given: { deployedAt: null },
      expected: ['passed'],
    },
  ])('$name', ({ given, expected }) => {
    expect(effectsOf(transition(aBake('warming', given), event, aPlan()))).toEqual(expected);
  });
});
