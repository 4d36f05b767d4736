import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Deploy } from '../../../src/core/bake/deploy.ts';
import type { TimelineEntry } from '../../../src/core/bake/narrate.ts';
import type { Measurement } from '../../../src/core/judge/measurement.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import { changeOf } from '../../../src/core/report/change.ts';
import { buildReport } from '../../../src/core/report/report.ts';
import type { ReportCheck, ReportSource } from '../../../src/core/report/report-source.ts';
import type { CheckRule } from '../../../src/core/rules/rule-set.ts';
import type { Ticks } from '../../../src/core/series/ticks.ts';
import { anyReportSource } from '../../support/any-report.ts';
import { aBake, aCheck, aCondition, aDeploy, aPlan, aRuleSet, ratio, stateNames, step, t0, v1 } from '../../support/builders.ts';

const from = t0 + 2 * step;
const fail = { outcome: 'fail', reason: 'too many', evidence: { measured: 0.2, limit: 0.1, samples: 100 } } as const;

function entry(kind: string, at: number, by = 'bakewatch'): TimelineEntry {
  return { kind, at, by, text: `it is ${kind}` };
}

function measured(rest: Partial<Measurement> = {}): Measurement {
  const window = { from, to: from + 4 * step, stepMs: step };
  return {
    check: 'errors',
    phase: 'baking',
    at: window.to,
    window,
    query: 'q',
    result: fail,
    ticks: ratio([1, 20, 1, 20]),
    control: null,
    ...rest,
  };
}

const recovered = measured({ phase: 'verifying', result: { outcome: 'pass', reason: '0.1 %' } });

function aReportCheck(rest: Partial<ReportCheck> = {}): ReportCheck {
  return { name: 'errors', provider: 'prom', critical: true, baking: measured(), verifying: recovered, asked: 4, couldNotAsk: 0, ...rest };
}

function aSource(rest: Partial<ReportSource> & { readonly bake?: ReportSource['record']['bake'] } = {}): ReportSource {
  const { bake = aBake('rolled_back', { at: from + 10 * step }), ...more } = rest;
  return {
    record: { deploy: aDeploy(), bake, ruleSet: aRuleSet({ checks: [aCheck()] }), plan: aPlan() },
    measurements: [measured()],
    histories: [],
    timeline: [
      entry('registered', t0, 'ci'),
      entry('baking', from),
      entry('rolling_back', from + 4 * step),
      entry('verifying', from + 6 * step),
      entry('rolled_back', from + 10 * step),
    ],
    checks: [aReportCheck()],
    attempts: [],
    prunedAt: null,
    pastPrunedAt: null,
    previous: v1,
    at: from + 20 * step,
    ...more,
  };
}

/** The usual deploy, whose check failed with this evidence. */
function withCheck(check: CheckRule, evidence: Evidence, ticks: Ticks): Partial<ReportSource> {
  const baking = measured({ ticks, result: { outcome: 'fail', reason: 'bad', evidence } });
  const record = { ...aSource().record, ruleSet: aRuleSet({ checks: [check] }) };
  return { record, measurements: [baking], checks: [aReportCheck({ baking })] };
}

describe('how long it took', () => {
  test('is counted from the first bad tick over the verdict, the order and the receipt to the recovery', () => {
    expect(buildReport(aSource()).times).toEqual({
      deployedAt: t0,
      firstBadAt: from + 2 * step,
      judgedBadAt: from + 4 * step,
      orderedAt: from + 4 * step,
      rolledBackAt: from + 6 * step,
      recoveredAt: from + 10 * step,
      detectMs: 2 * step,
      decideMs: 0,
      rollBackMs: 2 * step,
      recoverMs: 4 * step,
      affectedMs: 8 * step,
      isStillAffected: false,
    });
  });

  test.for<{ name: string; source: Partial<Parameters<typeof aSource>[0]>; times: object }>([
    {
      name: 'is counted from the deploy where no single tick was bad',
      source: { measurements: [measured({ ticks: ratio([5, 5, 5, 5]) })] },
      times: { firstBadAt: null, detectMs: from + 4 * step - t0, affectedMs: from + 10 * step - t0 },
    },
    {
      name: 'holds what a person took to approve',
      source: {
        timeline: [
          entry('awaiting_approval', from + 4 * step),
          entry('rolling_back', from + 9 * step, 'ana'),
          entry('verifying', from + 10 * step),
        ],
      },
      times: { detectMs: 2 * step, decideMs: 5 * step, rollBackMs: step },
    },
    {
      name: 'has its verdict when the check failed, not when traffic had been shifted back',
      source: {
        timeline: [entry('shifting', from + 4 * step), entry('rolling_back', from + 7 * step), entry('verifying', from + 8 * step)],
      },
      times: { judgedBadAt: from + 4 * step, decideMs: 3 * step },
    },
    {
      name: 'does not begin with what only an advisory check saw',
      source: {
        checks: [aReportCheck({ critical: false })],
        record: { ...aSource().record, ruleSet: aRuleSet({ checks: [aCheck({ critical: false })] }) },
      },
      times: { firstBadAt: null },
    },
    {
      name: 'begins with the first tick of a latency beyond the learned limit at the bound that decided',
      source: withCheck(
        aCheck({ question: { kind: 'latency', buckets: { query: 'q' } }, failWhen: [aCondition('regression', {})] }),
        { measured: 0.5, expected: 0.1, limit: 0.2, bound: 0.1 },
        { kind: 'latency', le: [0.1, 1, Number.POSITIVE_INFINITY], buckets: [90, 85, 50, 40].map((fast) => [fast, 100, 100]) },
      ),
      times: { firstBadAt: from + 3 * step },
    },
    {
      name: 'does not begin with one tick of events that are counted over a longer time',
      source: withCheck(
        aCheck({ question: { kind: 'rate', count: { query: 'q' } }, failWhen: [aCondition('regression', {})], direction: 'down' }),
        { measured: 40, expected: 100, limit: 60, windowMs: 4 * step },
        { kind: 'rate', count: [10, 10, 10, 10] },
      ),
      times: { firstBadAt: null },
    },
    {
      name: 'goes on while it is not over',
      source: { bake: aBake('verifying'), timeline: [entry('rolling_back', from + 4 * step), entry('verifying', from + 6 * step)] },
      times: { recoverMs: null, affectedMs: 18 * step, isStillAffected: true },
    },
    {
      name: 'is not known where nobody put anything back',
      source: { bake: aBake('failed'), timeline: [entry('failed', from + 4 * step)] },
      times: { detectMs: 2 * step, orderedAt: null, affectedMs: null, isStillAffected: false },
    },
    {
      name: 'is told of the last order where there were two',
      source: {
        timeline: [
          entry('rolling_back', from + 4 * step),
          entry('failed', from + 5 * step),
          entry('rolling_back', from + 8 * step, 'ana'),
          entry('verifying', from + 9 * step),
          entry('rolled_back', from + 12 * step),
        ],
      },
      times: { judgedBadAt: from + 4 * step, decideMs: 4 * step, rollBackMs: step, recoverMs: 3 * step },
    },
    {
      name: 'has no verdict where a person asked for the rollback of what had passed',
      source: {
        checks: [aReportCheck({ baking: measured({ result: { outcome: 'pass', reason: 'fine' } }) })],
        timeline: [entry('passed', from), entry('rolling_back', from + 4 * step, 'ana'), entry('verifying', from + 6 * step)],
      },
      times: { judgedBadAt: null, detectMs: null, decideMs: null, rollBackMs: 2 * step, affectedMs: null, isStillAffected: false },
    },
    {
      name: 'is nothing where nothing was bad',
      source: { bake: aBake('passed'), timeline: [entry('passed', from)] },
      times: { detectMs: null, affectedMs: null, isStillAffected: false },
    },
  ])('$name', ({ source, times }) => {
    expect(buildReport(aSource(source)).times).toMatchObject(times);
  });
});

describe('the summary', () => {
  test('tells what was deployed, when it was judged bad and why, what was put back, and for how long it was bad', () => {
    expect(buildReport(aSource()).summary).toBe(
      'shop v2 was deployed to production at 2026-09-21 14:13:30 UTC, registered by ci. ' +
        'It was judged bad at 2026-09-21 14:15:00 UTC, 1m30s after the deploy: Errors: too many. ' +
        'It was rolled back to v1 in 30s, and the checks passed again at 2026-09-21 14:16:30 UTC. ' +
        'As far as the checks show, users were affected for 2m.',
    );
  });

  test('does not claim a recovery that no check has seen', () => {
    const checks = [aReportCheck({ verifying: measured({ phase: 'verifying', result: { outcome: 'inconclusive', reason: 'too few' } }) })];
    const { title, summary, times } = buildReport(aSource({ checks }));
    expect(title).toBe('shop v2 (production): rolled back');
    expect(summary).toContain('It was rolled back to v1 in 30s; that the service recovered was not measured.');
    expect(times).toMatchObject({ recoveredAt: null, recoverMs: null, affectedMs: null });
  });

  test('tells why nothing was rolled back, and does not say everything twice', () => {
    const reasons = ['errors: too many', 'not rolled back: frozen by ana'] as const;
    const { summary } = buildReport(aSource({ bake: aBake('failed', { reasons }), timeline: [entry('failed', from + 4 * step)] }));
    expect(summary).toMatch(/: Errors: too many\. Not rolled back: frozen by ana\.$/);
  });

  test('gives the reasons that a person gave', () => {
    const bake = aBake('rolled_back', { order: { id: 'o', target: v1, reasons: ['rollback requested by ana: slow'] } });
    const { summary } = buildReport(aSource({ bake, checks: [], timeline: [entry('rolling_back', from, 'ana')] }));
    expect(summary).toContain('A rollback was requested at 2026-09-21 14:14:00 UTC: rollback requested by ana: slow.');
  });

  test.for(stateNames)('and everything else is told of a deploy that is %s', (state) => {
    const bake = aBake(state);
    const { title, summary, isFinal } = buildReport(aSource({ bake, timeline: [] }));
    expect(title).toMatch(/^shop v2 \(production\): \w+/);
    expect(summary).toMatch(/^shop v2 was .*\.$/s);
    expect(isFinal).toBe(!('nextAt' in bake));
  });
});

describe('what is not known', () => {
  test.for<{ name: string; source: Parameters<typeof aSource>[0]; says: string | null }>([
    { name: 'nothing is made up', source: { checks: [aReportCheck()] }, says: null },
    {
      name: 'whether it was rolled back',
      source: { bake: aBake('failed', { rolledBack: 'unknown' }) },
      says: 'Whether the rollback happened',
    },
    { name: 'whether it recovered', source: { bake: aBake('failed', { rolledBack: 'yes' }) }, says: 'Whether the service recovered' },
    { name: 'when it ended', source: { bake: aBake('failed') }, says: 'When it ended' },
    { name: 'what low confidence leaves open', source: { bake: aBake('passed', { confidence: 'low' }) }, says: 'low confidence' },
    { name: 'when it began', source: { measurements: [measured({ ticks: ratio([1, 1]) })] }, says: 'When the problem began' },
    {
      name: 'what could not be asked',
      source: { checks: [aReportCheck({ couldNotAsk: 3 })] },
      says: 'errors would have shown in 3 of 4 measurements',
    },
    { name: 'what was never asked', source: { checks: [aReportCheck({ asked: 0, baking: null })] }, says: 'it was never measured' },
    {
      name: 'what could not be told',
      source: {
        checks: [aReportCheck({ critical: false, baking: measured({ result: { outcome: 'inconclusive', reason: 'too little' } }) })],
      },
      says: 'Whether errors (advisory) is healthy: its last answer cannot tell',
    },
    {
      name: 'ticks without data',
      source: { measurements: [measured({ ticks: ratio([1, 20, null, 20]) })] },
      says: 'How errors was in 25 % of the bake',
    },
    {
      name: 'how an attempt ended',
      source: { attempts: [{ orderId: 'd2:d1', number: 2, startedAt: t0, endedAt: null, outcome: null, output: '' }] },
      says: 'How attempt 2 of the rollback hook ended: its result was lost',
    },
    {
      name: 'how a shift of traffic ended',
      source: { attempts: [{ orderId: 'd2:shift:25', number: 1, startedAt: t0, endedAt: null, outcome: null, output: '' }] },
      says: 'How attempt 1 of the traffic hook ended: its result was lost',
    },
    {
      name: 'what was blind',
      source: { timeline: [entry('rolling_back', from), entry('blind', from)] },
      says: 'What happened around 14:14:00 UTC: no provider answered',
    },
    {
      name: 'when it recovered, where no check passed after the rollback',
      source: { checks: [aReportCheck({ verifying: null })] },
      says: 'When the service recovered',
    },
    {
      name: 'what watches nothing',
      source: { checks: [aReportCheck({ baking: measured({ result: { outcome: 'pass', reason: 'fine', unproven: 'no series' } }) })] },
      says: 'Whether errors watches anything: it is unproven.',
    },
    { name: 'what was deleted', source: { prunedAt: t0 }, says: 'the retention deleted them' },
    { name: 'that the past was deleted', source: { pastPrunedAt: t0 }, says: 'the retention deleted the past' },
  ])('$name', ({ source, says }) => {
    const { unknowns } = buildReport(aSource(source));
    if (says === null) expect(unknowns).toEqual([]);
    else expect(unknowns.join('\n')).toContain(says);
  });
});

describe('the link to what is new', () => {
  const deploy = (repository: string | undefined, links: Deploy['links'] = [], commit: string | undefined = 'bbb') =>
    aDeploy({ release: { version: 'v2', commit, metadata: repository === undefined ? {} : { repository } }, links });
  const good = { version: 'v1', commit: 'aaa' };
  const github = { title: 'run', url: 'https://github.com/o/r/actions/runs/7' };
  test.for<{ name: string; deploy: Deploy; previous?: typeof good | { version: string } | null; url: string | null }>([
    { name: 'of GitHub', deploy: deploy('https://github.com/o/r.git'), url: 'https://github.com/o/r/compare/aaa...bbb' },
    {
      name: 'of a GitLab of one’s own',
      deploy: deploy('https://gitlab.example.com/group/sub/r/'),
      url: 'https://gitlab.example.com/group/sub/r/-/compare/aaa...bbb',
    },
    { name: 'of Bitbucket', deploy: deploy('https://bitbucket.org/o/r'), url: 'https://bitbucket.org/o/r/branches/compare/bbb..aaa' },
    {
      name: 'from a link to a build',
      deploy: deploy(undefined, [{ title: 'x', url: 'https://ci.example/a/b' }, github]),
      url: 'https://github.com/o/r/compare/aaa...bbb',
    },
    {
      name: 'without the password in the address',
      deploy: deploy('https://ci:hunter2@github.com/o/r?token=x#y'),
      url: 'https://github.com/o/r/compare/aaa...bbb',
    },
    {
      name: 'with strange names made harmless',
      deploy: deploy('https://github.com/o/r', [], 'a/../b'),
      url: 'https://github.com/o/r/compare/aaa...a%2F..%2Fb',
    },
    { name: 'not without a repository', deploy: deploy(undefined), url: null },
    { name: 'not of what is no web address', deploy: deploy('git@github.com:o/r.git'), url: null },
    { name: 'not of a script', deploy: deploy('javascript:alert(1)'), url: null },
    { name: 'not without the older commit', deploy: deploy('https://github.com/o/r'), previous: { version: 'v1' }, url: null },
    { name: 'not without an older release', deploy: deploy('https://github.com/o/r'), previous: null, url: null },
    { name: 'not where nothing is new', deploy: deploy('https://github.com/o/r', [], 'aaa'), url: null },
  ])('$name', ({ deploy: one, previous = good, url }) => {
    expect(changeOf(one, previous).compareUrl).toBe(url);
  });
});

test('a report is made of whatever was stored, and all of its numbers are some', () => {
  fc.assert(
    fc.property(anyReportSource, (source) => {
      const report = buildReport(source);
      expect(report.summary).not.toMatch(/undefined|NaN|\[object/);
      expect(report.charts.flatMap(({ lines }) => lines).filter(({ value }) => !Number.isFinite(value))).toEqual([]);
      expect(report.times.affectedMs ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});
