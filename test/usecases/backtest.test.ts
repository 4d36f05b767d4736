import { describe, expect, onTestFinished, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { backtestTable } from '../../src/cli/backtest-table.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import type { Analyzer } from '../../src/core/judge/analyzer.ts';
import { constantFold } from '../../src/core/judge/fold.ts';
import type { Column, Ticks } from '../../src/core/series/ticks.ts';
import { type BacktestDeps, type BacktestInput, backtest } from '../../src/usecases/backtest.ts';
import { aCheck, aCondition, aRuleSet, step, t0 } from '../support/builders.ts';

const dayMs = 86_400_000;

/** The sources that match series. */
let matched: readonly string[] = ['bad', 'total'];
function run(ask: (name: string, window: Window) => Ticks, rest: Partial<BacktestInput> = {}, more: readonly Analyzer[] = []) {
  const progress: string[] = [];
  const windows: Window[] = [];
  const deps: BacktestDeps = {
    ask: async ({ name }, window) => {
      windows.push(window);
      return { ticks: ask(name, window), matched };
    },
    analyzers: new Map([...analyzers, ...more.map((one) => [one.type, one] as const)]),
    interval: () => [0, 1],
    settleMs: 5_000,
    progress: (line) => progress.push(line),
    now: () => t0,
  };
  const ruleSet = aRuleSet({ checks: [aCheck(), aCheck({ name: 'more' })] });
  const input = { ruleSet, sinceMs: 3 * dayMs, stepMs: null, except: [], deploys: 20, seed: 1, ...rest };
  return { report: backtest(deps, input), progress, windows };
}

const numbers = (window: Window, value: (at: number) => number | null): Column =>
  Array.from({ length: tickCount(window) }, (_, i) => value(window.from + (i + 1) * window.stepMs));
const ratioOf = (window: Window, total: (at: number) => number | null = () => 100): Ticks => ({
  kind: 'ratio',
  bad: numbers(window, (at) => (total(at) === null ? null : 0)),
  total: numbers(window, total),
});

describe('a backtest', () => {
  test('asks for a day at a time, without a gap or an overlap, and for nothing that may still change', async () => {
    const { report, windows } = run((_, window) => ratioOf(window));
    const { window, deploys, checks } = await report;
    expect([window.stepMs, window.to]).toEqual([step, t0 - step]);
    const asked = windows.slice(0, 3);
    expect([asked[0]?.from, asked[1]?.from, asked[2]?.from, asked[2]?.to]).toEqual([window.from, asked[0]?.to, asked[1]?.to, window.to]);
    expect(windows).toHaveLength(6);
    expect(deploys.count).toBe(20);
    expect(checks.map(({ name, advice }) => [name, advice])).toEqual([
      ['errors', 'keep'],
      ['more', 'keep'],
    ]);
  });

  test('does not praise a check of which one source matched nothing in the whole past', async () => {
    onTestFinished(() => {
      matched = ['bad', 'total'];
    });
    matched = ['total'];
    const report = await run((_, window) => ratioOf(window)).report;
    expect(report.checks.map(({ unproven }) => unproven)).toEqual(
      Array(2).fill(expect.stringMatching(/`bad` has matched no series in \w+, while/)),
    );
    const lines = backtestTable(report).join('\n');
    expect(lines).toContain('errors: UNPROVEN: `bad` has matched no series');
    expect(lines).toContain('but nothing is known about errors, more');
  });

  test('gives the same report for the same past', async () => {
    const bumpy = (_: string, window: Window) => ratioOf(window, (at) => 50 + ((at / step) % 7));
    expect(await run(bumpy).report).toEqual(await run(bumpy).report);
  });

  test('tells every check whose query is refused, and reports nothing', async () => {
    const { report } = run((name) => {
      throw new ProviderError('bad_query', `parse error in ${name}`);
    });
    await expect(report).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/nothing was judged: check errors: prom .*bad_query.*in errors; check more: .*in more/),
    });
  });

  test('stops at the first check where the provider is down, and reports nothing', async () => {
    const { report, progress } = run((name, window) => {
      if (name === 'more') throw new ProviderError('unavailable', 'connection refused');
      return ratioOf(window);
    });
    await expect(report).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/check more: .*connection refused/) });
    expect(progress.filter((line) => line.includes('followed'))).toEqual([]);
  });

  test('says so where there is nothing at all', async () => {
    await expect(run((_, window) => ratioOf(window, () => null)).report).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/nothing of any check/),
    });
  });

  test('says so where everything is to be left out', async () => {
    const { report } = run((_, window) => ratioOf(window), { except: [{ from: 0, to: t0 }] });
    await expect(report).rejects.toMatchObject({ code: 'not_found', message: expect.stringMatching(/all 20 pseudo deploys/) });
  });

  test('learns nothing from what is left out, as a real bake learns nothing from what it knows to be unhealthy', async () => {
    const bad = { from: t0 - 30 * 3_600_000, to: t0 - 29 * 3_600_000 };
    const learned = new Set<number>();
    const witness: Analyzer = {
      type: 'witness',
      summary: 'Notes what there is to learn from.',
      kinds: ['value'],
      conditions: [],
      loosen: () => null,
      example: {},
      bind: () => ({
        needs: { control: false, historyMs: dayMs },
        calibrate: ({ history }) => {
          if (history?.ticks.kind === 'value') for (const value of history.ticks.value) if (value !== null) learned.add(value);
          return null;
        },
        start: () => constantFold({ outcome: 'pass', reason: 'fine' }),
      }),
    };
    const hot = (_: string, window: Window): Ticks => ({
      kind: 'value',
      value: numbers(window, (at) => (at > bad.from && at <= bad.to ? 9 : 1)),
    });
    const question = { kind: 'value', query: 'heat' } as const;
    const ruleSet = aRuleSet({ checks: [aCheck({ question, failWhen: [aCondition('witness', {})] })] });
    await run(hot, { ruleSet, except: [bad] }, [witness]).report;
    expect(learned).toEqual(new Set([1]));
    await run(hot, { ruleSet }, [witness]).report;
    expect(learned).toEqual(new Set([1, 9]));
  });

  test('does not try what asks for a release, and says so', async () => {
    const value = (query: string) => aCheck({ name: 'memory', question: { kind: 'value', query } });
    const memory = value('max(memory{version="$version"})');
    const { report, windows } = run((_, window) => ratioOf(window), { ruleSet: aRuleSet({ checks: [aCheck(), memory] }) });
    const { checks, untried } = await report;
    expect(checks.map(({ name }) => name)).toEqual(['errors']);
    expect(untried).toEqual([{ name: 'memory', reason: expect.stringMatching(/needs \$version/) }]);
    expect(windows).toHaveLength(3);
    await expect(run((_, window) => ratioOf(window), { ruleSet: aRuleSet({ checks: [memory] }) }).report).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/no check can be tried on the past: memory: its query/),
    });
  });

  test('warns of a quiet past that is too short to say much', async () => {
    const noteOn = async (sinceMs: number, deploys: number) =>
      (await run((_, window) => ratioOf(window), { sinceMs, deploys }).report).notes.filter((note) => note.includes('say little'));
    expect(await noteOn(3_600_000, 200)).toEqual([expect.stringMatching(/^only \d+ pseudo deploys/)]);
    expect(await noteOn(dayMs, 50)).toEqual([]);
  });

  test('warns of looking more often than the provider scrapes, naming the checks', async () => {
    const { notes } = await run((_, window) => ratioOf(window, (at) => (at % (4 * step) === 0 ? 100 : 0))).report;
    expect(notes.filter((note) => note.includes('scrapes'))).toEqual([expect.stringMatching(/every 1m only \(errors, more\)/)]);
  });

  test('warns of a past that is shorter than the rules ask for', async () => {
    const ruleSet = aRuleSet({
      checks: [aCheck({ failWhen: [aCondition('relative', { to: { kind: 'days_ago', days: 1 }, more_than: 0.5 })] })],
      baseline: { historyMs: 7 * dayMs, like: [{ kind: 'before' }], timezone: 'UTC' },
    });
    const begins = t0 - dayMs;
    const { notes, deploys } = await run((_, window) => ratioOf(window, (at) => (at > begins ? 100 : null)), { ruleSet }).report;
    expect(notes).toEqual(expect.arrayContaining([expect.stringMatching(/data of all checks since/), expect.stringMatching(/1d1h/)]));
    expect(deploys.first).toBeGreaterThanOrEqual(begins + dayMs / 2 - step);
  });

  test('reads coarser ticks where that is asked for, and says what that hides', async () => {
    const { window, notes } = await run((_, asked) => ratioOf(asked), { stepMs: 50_000 }).report;
    expect(window.stepMs).toBe(60_000);
    expect(notes).toContainEqual(expect.stringMatching(/a real bake looks every 15s/));
  });
});
