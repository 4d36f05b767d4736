import { describe, expect, test } from 'vitest';
import type { Bake } from '../../../src/core/bake/bake.ts';
import { describeBake } from '../../../src/core/bake/narrate.ts';
import type { Plan } from '../../../src/core/bake/plan.ts';
import { transition } from '../../../src/core/bake/transition.ts';
import { mayRollBackUndecided } from '../../../src/core/bake/when-undecided.ts';
import type { Judgement } from '../../../src/core/judge/judgement.ts';
import {
  aBake,
  aPlan,
  type BakeOptions,
  healthy,
  judged,
  leaning,
  notAsked,
  quiet,
  someFacts,
  step,
  t0,
  tooLittle,
} from '../../support/builders.ts';

const from = t0 + 2 * step;
const limitAt = from + 12 * step;
const facts = someFacts();
const held: Judgement = { kind: 'undecided', couldNotAsk: false, reasons: ['errors: no data'], heldBecause: 'errors has too little data' };

type Ending = { plan?: Partial<Plan>; given?: BakeOptions; judgement: Judgement; with?: Parameters<typeof judged>[2] };

/** The bake after its limit, and what is done, in one line. */
function endOf({ plan = {}, given = {}, judgement, with: rest = { facts } }: Ending): { readonly bake: Bake; readonly line: string } {
  const result = transition(aBake('baking', given), judged(judgement, limitAt, rest), aPlan(plan));
  if (!result.ok) throw new Error(result.refusal);
  const effects = result.effects.map((effect) => (effect.kind === 'notify' ? effect.topic : effect.kind));
  return { bake: result.next, line: `${result.next.state} [${effects.join()}]` };
}

const passed = 'passed [remember_running,passed]';
const rolledBack = 'rolling_back [roll_back,unhealthy]';
const inconclusive = 'inconclusive [inconclusive]';
const clean = 'inconclusive [remember_running,inconclusive]';

describe('an undecided bake at its limit', () => {
  test.for<Ending & { name: string; expected: string }>([
    { name: 'is held where the rules say nothing', judgement: leaning, expected: inconclusive },
    { name: 'is held where they say hold', plan: { whenUndecided: 'hold' }, judgement: leaning, expected: inconclusive },
    { name: 'passes by the rules', plan: { whenUndecided: 'pass' }, judgement: quiet, expected: passed },
    { name: 'passes by the rules although a check leans', plan: { whenUndecided: 'pass' }, judgement: leaning, expected: passed },
    { name: 'is rolled back by the rules', plan: { whenUndecided: 'roll_back' }, judgement: leaning, expected: rolledBack },
    { name: 'is not passed by the rules where that is not safe', plan: { whenUndecided: 'pass' }, judgement: held, expected: inconclusive },
    { name: 'is not rolled back where that is not safe', plan: { whenUndecided: 'roll_back' }, judgement: held, expected: inconclusive },
    { name: 'is not passed where nothing could be asked', plan: { whenUndecided: 'pass' }, judgement: notAsked, expected: inconclusive },
    {
      name: 'is not passed where it is not known to be safe',
      plan: { whenUndecided: 'pass' },
      judgement: tooLittle,
      expected: inconclusive,
    },
    {
      name: 'is held without the facts that a rollback needs',
      plan: { whenUndecided: 'roll_back' },
      judgement: quiet,
      with: {},
      expected: clean,
    },
    { name: 'that is held with nothing against it is remembered', judgement: quiet, expected: clean },
  ])('$name', ({ expected, ...ending }) => expect(endOf(ending).line).toBe(expected));

  test('passes with low confidence, and says by which rule', () => {
    expect(endOf({ plan: { whenUndecided: 'pass' }, judgement: quiet }).bake).toMatchObject({
      confidence: 'low',
      by: null,
      reasons: ['undecided after 3m; the rules say when_undecided: pass', 'errors: few'],
    });
  });

  test('that is rolled back says by which rule', () => {
    const { bake } = endOf({ plan: { whenUndecided: 'roll_back' }, judgement: leaning });
    expect(bake).toMatchObject({ order: { reasons: ['undecided after 3m; the rules say when_undecided: roll_back', 'errors: 1 of 3'] } });
  });

  test.for<{ name: string; ending: Ending; expected: object }>([
    {
      name: 'a freeze holds the rollback',
      ending: {
        judgement: leaning,
        with: { facts: someFacts({ freeze: { service: null, by: 'ana', why: 'a sale', since: t0 } }) },
      },
      expected: { state: 'failed', rolledBack: 'no', reasons: expect.arrayContaining([expect.stringContaining('frozen by ana')]) },
    },
    {
      name: 'a person is asked where the rules say so',
      ending: { judgement: leaning, plan: { onFailure: 'approve' } },
      expected: { state: 'awaiting_approval' },
    },
    {
      name: 'a missing target holds the rollback',
      ending: { judgement: leaning, with: { facts: someFacts({ knownGood: null }) } },
      expected: { state: 'failed', reasons: expect.arrayContaining([expect.stringContaining('there is no known-good release')]) },
    },
  ])('all guards are asked: $name', ({ ending, expected }) => {
    expect(endOf({ ...ending, plan: { whenUndecided: 'roll_back', ...ending.plan } }).bake).toMatchObject(expected);
  });

  test('says why the rule did not apply', () => {
    expect(endOf({ plan: { whenUndecided: 'pass' }, judgement: held }).bake).toMatchObject({
      reasons: ['errors: no data', 'held, although the rules say when_undecided: pass: errors has too little data'],
    });
  });

  test('is clean where nothing was seen against the release, and only there', () => {
    expect(endOf({ judgement: quiet }).bake).toMatchObject({ isClean: true });
    for (const judgement of [leaning, held, tooLittle, notAsked]) expect(endOf({ judgement }).bake).not.toHaveProperty('isClean');
  });

  test.for<[name: string, plan: Partial<Plan>, judgement: Judgement, until: number, expected: boolean]>([
    ['where the rules roll back', { whenUndecided: 'roll_back' }, leaning, limitAt, true],
    ['not before the limit', { whenUndecided: 'roll_back' }, leaning, limitAt - step, false],
    ['not where it is not safe', { whenUndecided: 'roll_back' }, held, limitAt, false],
    ['not of a healthy bake', { whenUndecided: 'roll_back' }, healthy, limitAt, false],
    ['not where the rules pass', { whenUndecided: 'pass' }, leaning, limitAt, false],
  ])('needs the facts %s', ([, plan, judgement, until, expected]) => {
    expect(mayRollBackUndecided(aBake('baking'), judged(judgement, until), aPlan(plan))).toBe(expected);
  });
});

describe('an undecided stage at its limit', () => {
  const stages = [5, 100].map((weight) => ({ weight, forMs: 4 * step }));
  const traffic = { hook: 'splitter', stages };
  const stage = (number: number) => ({
    stage: { number, of: 2, weight: number === 1 ? 5 : 100, leftOut: [] },
    weight: number === 1 ? 5 : 100,
  });
  const by = (whenUndecided: Plan['whenUndecided']) => ({ whenUndecided, traffic });

  test('goes on to the next stage by the rules, with nothing left of the extension, and says why', () => {
    const { bake, line } = endOf({ plan: by('pass'), given: stage(1), judgement: quiet });
    expect(line).toBe('shifting [shift]');
    expect(bake).toMatchObject({ shift: { weight: 100 }, after: { kind: 'stage', number: 2, extendMs: 0 } });
    expect(describeBake(bake)).toBe(
      'shifting 100 % of the traffic to the release, for stage 2: undecided after 3m; the rules say when_undecided: pass',
    );
  });

  test('passes by the rules in the last stage', () => {
    expect(endOf({ plan: by('pass'), given: stage(2), judgement: quiet }).line).toBe(passed);
  });

  test('is held where a freeze holds the shift', () => {
    const freeze = { service: 'shop', by: 'ana', why: 'a sale', since: t0 };
    const { bake } = endOf({ plan: by('pass'), given: stage(1), judgement: quiet, with: { freeze } });
    expect(bake).toMatchObject({ state: 'inconclusive', reasons: expect.arrayContaining([expect.stringContaining('frozen by ana')]) });
  });

  test('is held where it is not safe', () => {
    expect(endOf({ plan: by('pass'), given: stage(1), judgement: held }).line).toBe(inconclusive);
  });

  test('loses its traffic first where the rules roll back', () => {
    expect(endOf({ plan: by('roll_back'), given: stage(1), judgement: leaning }).bake).toMatchObject({
      state: 'shifting',
      shift: { weight: 0 },
      after: { kind: 'roll_back' },
    });
  });

  test('is clean only with all of the traffic', () => {
    expect(endOf({ plan: by('hold'), given: stage(1), judgement: quiet }).bake).not.toHaveProperty('isClean');
    expect(endOf({ plan: by('hold'), given: stage(2), judgement: quiet }).bake).toMatchObject({ isClean: true });
  });
});
