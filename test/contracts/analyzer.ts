import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Analyzer, AnalyzerContext, AnalyzerInput } from '../../src/core/judge/analyzer.ts';
import type { Like } from '../../src/core/rules/rule-set.ts';
import { lengthOf, type Stretch, sliceTicks, type Ticks, type TicksKind } from '../../src/core/series/ticks.ts';
import { anyTicks } from '../support/any-ticks.ts';
import { deepFreeze, step, t0, times } from '../support/builders.ts';

/** `params`: every set of parameters worth trying, for each kind of series that it is meant for. */
export type AnalyzerHarness = { readonly params: Readonly<Partial<Record<TicksKind, readonly unknown[]>>> };

const [hour, day] = [3_600_000, 86_400_000];
const like: readonly Like[] = [{ kind: 'before' }, { kind: 'days_ago', days: 1 }];
const context: AnalyzerContext = { forMs: hour, historyMs: day, like, damping: { k: 1, n: 1 } };
/** The past is read in ticks of five minutes, as a long one is. */
const pastStep = 20 * step;
const deployedAt = Math.ceil(t0 / pastStep) * pastStep;

type Case = { readonly kind: TicksKind; readonly params: unknown };

/** What every analyzer promises; the harness says only which parameters there are. */
export function describeAnalyzerContract(analyzer: Analyzer, { params }: AnalyzerHarness): void {
  const cases = analyzer.kinds.flatMap((kind) => (params[kind] ?? []).map((some): Case => ({ kind, params: some })));

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

    for (const one of cases) describe(`with ${one.kind} and ${JSON.stringify(one.params)}`, () => answers(analyzer, one));
  });
}

function answers(analyzer: Analyzer, { kind, params }: Case): void {
  const bind = (damping = context.damping) => analyzer.bind(params, { ...context, damping });

  test('answers any numbers, with a reason, and changes nothing', () => {
    fc.assert(
      fc.property(inputs(kind), (input) => {
        const verdict = bind().analyze(deepFreeze(input));
        expect(['pass', 'fail', 'inconclusive']).toContain(verdict.outcome);
        expect(verdict.reason.trim()).not.toBe('');
        expect(verdict.reason).not.toMatch(/undefined|NaN|Infinity|null|\[object/);
      }),
    );
  });

  test('gives the same answer to the same question', () => {
    fc.assert(
      fc.property(inputs(kind), (input) => {
        expect(bind().analyze(structuredClone(input))).toEqual(bind().analyze(input));
      }),
    );
  });

  test('once it fails it fails on every longer series', () => {
    const dampings = fc.constantFrom({ k: 1, n: 1 }, { k: 2, n: 3 });
    fc.assert(
      fc.property(inputs(kind), dampings, (input, damping) => {
        const bound = bind(damping);
        const outcomes = times(lengthOf(input.bake.ticks) + 1, 0).map((_, i) => bound.analyze(upTo(input, i)).outcome);
        const first = outcomes.indexOf('fail');
        expect(first < 0 ? [] : outcomes.slice(first).filter((outcome) => outcome !== 'fail')).toEqual([]);
      }),
    );
  });

  test('without any data it cannot tell, and a bake may not pass over that', () => {
    const verdict = bind().analyze({ ...steady(kind, 0, 3), history: null, control: null });
    expect([verdict.outcome, 'blocks' in verdict]).toEqual(['inconclusive', false]);
  });

  if (bind().needs.historyMs > 0 || bind().needs.control) {
    test.for([0, 3, 50])('a series that goes on as it was never fails (level %d)', (level) => {
      const input = steady(kind, 240, level);
      for (const length of [1, 10, 60, 240]) expect(bind().analyze(upTo(input, length)).outcome).not.toBe('fail');
    });

    test('with nothing to compare with it does not stand in the way', () => {
      const verdict = bind().analyze({ ...steady(kind, 240, 3), history: null, control: null });
      expect(verdict).toMatchObject({ outcome: 'inconclusive', blocks: false });
    });
  }
}

function inputs(kind: TicksKind): fc.Arbitrary<AnalyzerInput> {
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
function steady(kind: TicksKind, length: number, level: number): AnalyzerInput {
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

function upTo(input: AnalyzerInput, length: number): AnalyzerInput {
  const cut = (stretch: Stretch): Stretch => ({ ...stretch, ticks: sliceTicks(stretch.ticks, 0, length) });
  return { ...input, bake: cut(input.bake), control: input.control && cut(input.control) };
}
