import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/base/json.ts';
import type { Analyzer, AnalyzerContext } from '../../src/core/judge/analyzer.ts';
import { bindChecks } from '../../src/core/judge/check.ts';
import { joinExplanation, maxHeadline } from '../../src/core/judge/explanation.ts';
import { advance, type Fold, startOf, verdictOf } from '../../src/core/judge/fold.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Like, Question } from '../../src/core/rules/rule-set.ts';
import { outlineOf, type Tick, ticksBetween } from '../../src/core/series/tick.ts';
import { lengthOf, type Stretch, type Ticks, type TicksKind } from '../../src/core/series/ticks.ts';
import { anyTicks } from '../support/any-ticks.ts';
import { aCheck, aCondition, aRuleSet, deepFreeze, step, t0, times } from '../support/builders.ts';
import { overSeries, type SeriesInput } from '../support/over-series.ts';
import { quick, runs } from '../support/runs.ts';

/**
 * `params`: every set of parameters worth trying, for each kind of series that it judges. `isUnbounded`: its state holds every reading.
 * `section`: the section of a check in which it is written, instead of `fail_when`. Its limits are fixed, so it judges without a past too.
 */
export type AnalyzerHarness = {
  readonly params: Readonly<Partial<Record<TicksKind, readonly unknown[]>>>;
  readonly isUnbounded?: boolean;
  readonly section?: string;
};

const [hour, day] = [3_600_000, 86_400_000];
const like: readonly Like[] = [{ kind: 'before' }, { kind: 'days_ago', days: 1 }];
const context: AnalyzerContext = { forMs: hour, historyMs: day, like, damping: { k: 1, n: 1 } };
/** Each property is tried with all parameters of an analyzer: few runs each are many runs in all. */
const fewRuns = runs(30);
/** The past is read in ticks of five minutes, as a long one is. */
const pastStep = 20 * step;
const deployedAt = Math.ceil(t0 / pastStep) * pastStep;

type Case = { readonly kind: TicksKind; readonly params: unknown };

/** What every analyzer promises; the harness says only which parameters there are. */
export function describeAnalyzerContract(analyzer: Analyzer, { params, isUnbounded = false, section }: AnalyzerHarness): void {
  const cases = analyzer.kinds.flatMap((kind) => quick(params[kind] ?? [], 2).map((some): Case => ({ kind, params: some })));

  describe(`the analyzer ${analyzer.type}`, () => {
    test('has an example that it accepts, and a summary', () => {
      expect(() => analyzer.bind(analyzer.example, context)).not.toThrow();
      expect(analyzer.summary).toMatch(/^[A-Z].*\.$/);
    });

    test('is tried with every kind that it is meant for', () => {
      expect(cases.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...analyzer.kinds]));
    });

    test.for([{ surprise: 1 }, { ...(analyzer.example as object), surprise: 1 }, 'text', null, 7])('refuses %j', (unknown) => {
      expect(() => analyzer.bind(unknown, context)).toThrow();
    });

    test.for(['ratio', 'rate', 'latency', 'value'] as const)('is bound to a check of kind %s only where it judges that', (kind) => {
      const check = aCheck({ question: questionOf(kind), failWhen: [aCondition(analyzer.type, { ...(analyzer.example as object) })] });
      const bound = () => bindChecks(aRuleSet({ checks: [check] }), new Map([[analyzer.type, analyzer]]));
      if (analyzer.kinds.includes(kind)) expect(bound).not.toThrow();
      else expect(bound).toThrow(`asks for a ${kind}`);
    });

    test('names its conditions, and says of which kinds they are', () => {
      expect(analyzer.conditions.length > 0).toBe(section === undefined);
      for (const { kinds, fields } of analyzer.conditions) {
        expect(analyzer.kinds).toEqual(expect.arrayContaining([...kinds]));
        expect(Object.values(fields).every((field) => field.description !== undefined)).toBe(true);
      }
    });

    for (const one of cases) {
      describe(`with ${one.kind} and ${JSON.stringify(one.params)}`, () => {
        answers(analyzer, one, section !== undefined);
        folds(analyzer, one, isUnbounded);
      });
    }
  });
}

function questionOf(kind: TicksKind): Question {
  const source = { query: 'q' };
  if (kind === 'ratio') return { kind, bad: source, total: source };
  if (kind === 'rate') return { kind, count: source };
  return kind === 'latency' ? { kind, buckets: source } : { kind, query: 'q' };
}

function answers(analyzer: Analyzer, { kind, params }: Case, isFixed: boolean): void {
  const bind = (damping = context.damping) => overSeries(analyzer.bind(params, { ...context, damping }));

  test('answers any numbers, with a reason, and changes nothing', () => {
    fc.assert(
      fc.property(inputs(kind), (input) => {
        const verdict = bind().analyze(deepFreeze(input));
        expect(['pass', 'fail', 'inconclusive']).toContain(verdict.outcome);
        expect(verdict.reason.trim()).not.toBe('');
        expect(verdict.reason).not.toMatch(/undefined|NaN|Infinity|null|\[object/);
        expectWords(verdict);
      }),
      fewRuns,
    );
  });

  test('gives the same answer to the same question', () => {
    fc.assert(
      fc.property(inputs(kind), (input) => {
        expect(bind().analyze(structuredClone(input))).toEqual(bind().analyze(input));
      }),
      fewRuns,
    );
  });

  const levels = [
    [7, 121_751_670],
    [3, 50],
    [3, 3],
    [0, 0],
    [121_751_670, 7],
  ] as const;
  test.for(quick(levels, 1))('says what it measured in one line, which fits next to a long name (level %d, then %d)', ([before, now]) => {
    const input = steady(kind, 240, before);
    const changed = { ...input, bake: steady(kind, 240, now).bake };
    for (const one of [changed, { ...changed, control: null }, { ...changed, control: null, history: null }]) {
      const follow = bind({ k: 2, n: 3 }).follow(one);
      for (const length of [0, 1, 10, 60, 240]) {
        const verdict = follow(length);
        expectWords(verdict);
        expect(`${'x'.repeat(15)}: ${verdict.explanation?.headline}`.length).toBeLessThanOrEqual(maxHeadline);
      }
    }
  });

  test('without any data it cannot tell, and a bake may not pass over that', () => {
    const verdict = bind().analyze({ ...steady(kind, 0, 3), history: null, control: null });
    expect([verdict.outcome, 'blocks' in verdict]).toEqual(['inconclusive', false]);
  });

  if (bind().needs.historyMs > 0 || bind().needs.control) {
    test.for(quick([3, 0, 50], 1))('a series that goes on as it was never fails (level %d)', (level) => {
      const follow = bind().follow(steady(kind, 240, level));
      for (const length of [1, 10, 60, 240]) expect(follow(length).outcome).not.toBe('fail');
    });

    test.skipIf(isFixed)('with nothing to compare with it does not stand in the way', () => {
      const verdict = bind().analyze({ ...steady(kind, 240, 3), history: null, control: null });
      expect(verdict).toMatchObject({ outcome: 'inconclusive', blocks: false });
    });
  }
}

/** Every verdict carries its words in layers, and its reason is these joined. */
function expectWords({ reason, explanation }: Verdict): void {
  expect(explanation?.headline).toMatch(/^\S(?:.*\S)?$/);
  expect(reason).toBe(joinExplanation(explanation ?? { headline: '', because: '', notes: [] }));
  expect(reason).not.toContain('\n');
  expect(explanation?.notes).not.toContain('');
}

/** What makes an analyzer a fold. */
function folds(analyzer: Analyzer, { kind, params }: Case, isUnbounded: boolean): void {
  const dampings = fc.constantFrom({ k: 1, n: 1 }, { k: 2, n: 3 });
  const begin = (input: SeriesInput, damping = context.damping) => start(analyzer.bind(params, { ...context, damping }), input);

  test('only a tick can fail: the verdict on a state is open', () => {
    fc.assert(
      fc.property(inputs(kind), dampings, (input, damping) => {
        const { fold, ticks } = begin(input, damping);
        for (const state of statesOf(fold, ticks)) expect(fold.verdict(state).outcome).not.toBe('fail');
      }),
      fewRuns,
    );
  });

  test('goes on from its state as text, wherever it stopped, and comes to the same state and verdict', () => {
    fc.assert(
      fc.property(inputs(kind), dampings, fc.nat({ max: 30 }), (input, damping, at) => {
        const { fold, ticks } = begin(input, damping);
        const half = advance(fold, startOf(fold), ticks.slice(0, at));
        const resumed = advance(fold, JSON.parse(JSON.stringify(half)), ticks.slice(at));
        const whole = advance(fold, startOf(fold), ticks);
        expect(JSON.parse(JSON.stringify(resumed))).toEqual(JSON.parse(JSON.stringify(whole)));
        expect(verdictOf(fold, resumed)).toEqual(verdictOf(fold, whole));
      }),
      fewRuns,
    );
  });

  test('does not change the states that it was given', () => {
    fc.assert(
      fc.property(inputs(kind), (input) => {
        const { fold, ticks } = begin(input);
        let progress = deepFreeze(startOf(fold));
        for (const tick of ticks) {
          progress = deepFreeze(advance(fold, progress, [tick]));
          expect(verdictOf(fold, progress).reason).not.toBe('');
        }
      }),
      fewRuns,
    );
  });

  if (isUnbounded) return;
  test('keeps a state of bounded size, however long the bake', () => {
    const { fold, ticks } = begin(steady(kind, 1_200, 3));
    const early = advance(fold, startOf(fold), ticks.slice(0, 400));
    const late = advance(fold, early, ticks.slice(400));
    const size = JSON.stringify(late.state).length;
    expect(size).toBeLessThan(1.3 * JSON.stringify(early.state).length);
    expect(size).toBeLessThan(200_000);
  });
}

function start(bound: ReturnType<Analyzer['bind']>, { bake, control, ...rest }: SeriesInput) {
  const fold = bound.start({ ...rest, bake: outlineOf(bake), control: control && outlineOf(control) });
  return { fold, ticks: [...ticksBetween(bake, control, 0)] };
}

/** The states before and after each tick, until the series fails. */
function statesOf(fold: Fold, ticks: readonly Tick[]): readonly Json[] {
  const states = [fold.initial];
  for (const tick of ticks) {
    const next = fold.step(states.at(-1)!, tick);
    if ('fail' in next) break;
    states.push(next.state);
  }
  return states;
}

function inputs(kind: TicksKind): fc.Arbitrary<SeriesInput> {
  return fc
    .record({
      ticks: anyTicks(kind),
      control: fc.option(anyTicks(kind)),
      history: fc.option(anyTicks(kind)),
      minSamples: fc.constantFrom(1, 5, 100),
    })
    .map(({ ticks, control, history, minSamples }) => ({
      ...steady(kind, 0, 0),
      bake: place(ticks, deployedAt, step),
      control: control && place(control, deployedAt, step),
      history: history && place(history, deployedAt - lengthOf(history) * pastStep, pastStep),
      minSamples,
    }));
}

/** A service that always does the same: as many events, bad ones or seconds a tick as `level` says. */
function steady(kind: TicksKind, length: number, level: number): SeriesInput {
  const pastLength = (2 * day) / pastStep;
  return {
    bake: place(ticksOf(kind, length, level), deployedAt, step),
    control: place(ticksOf(kind, length, level), deployedAt, step),
    history: place(ticksOf(kind, pastLength, level, pastStep / step), deployedAt - pastLength * pastStep, pastStep),
    deployedAt,
    direction: 'both',
    minSamples: kind === 'ratio' || kind === 'latency' ? 50 : 1,
    like,
    forMs: hour,
    timezone: 'UTC',
  };
}

function ticksOf(kind: TicksKind, length: number, level: number, scale = 1): Ticks {
  switch (kind) {
    case 'ratio':
      return { kind, bad: times(length, level * scale), total: times(length, 100 * scale) };
    case 'rate':
      return { kind, count: times(length, level * scale) };
    case 'latency':
      return { kind, le: [0.1, 0.5, Infinity], buckets: times(length, [(100 - level) * scale, (100 - level) * scale, 100 * scale]) };
    case 'value':
      return { kind, value: times(length, level) };
  }
}

function place(ticks: Ticks, startAt: number, stepMs: number): Stretch {
  return { startAt, stepMs, ticks };
}
