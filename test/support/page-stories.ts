import type { Bake } from '../../src/core/bake/bake.ts';
import type { TimelineEntry } from '../../src/core/bake/narrate.ts';
import type { ChartSource } from '../../src/core/chart/chart.ts';
import { type Explanation, joinExplanation } from '../../src/core/judge/explanation.ts';
import { headlineOf } from '../../src/core/judge/headline.ts';
import type { Measurement } from '../../src/core/judge/measurement.ts';
import type { Evidence, SplitTable, Verdict } from '../../src/core/judge/verdict.ts';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';
import type { Attempt } from '../../src/ports/audit-log.ts';
import type { CheckView, DeployDetails } from '../../src/usecases/view-deploy.ts';
import { aBake, aCheck, aPlan, step, t0 } from './builders.ts';
import { chartStories } from './chart-stories.ts';

/** A stored deploy as its page shows it, and when it is looked at. */
export type PageStory = { readonly details: DeployDetails; readonly now: number };

const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
const from = t0 + 2 * step;
const target = { deployId: 'd1', version: 'v2.17.4', commit: '44f0c3b91d' };

type SideCheck = {
  readonly name: string;
  readonly outcome: Verdict['outcome'];
  readonly headline: string;
  readonly unproven?: string;
  readonly after?: string;
};

type StoryInput = {
  readonly chart: keyof typeof chartStories;
  readonly bake: Bake;
  readonly because?: string;
  readonly notes?: readonly string[];
  readonly lead?: Partial<Verdict>;
  readonly after?: { readonly outcome: Verdict['outcome']; readonly headline: string };
  readonly strengths?: readonly number[];
  readonly split?: SplitTable;
  readonly others?: readonly SideCheck[];
  readonly timeline?: readonly TimelineEntry[];
  readonly attempts?: readonly Attempt[];
  readonly now: number;
};

function result({ outcome, headline, unproven }: Omit<SideCheck, 'name'>, rest: object = {}): Verdict {
  const explanation: Explanation = { headline, because: '', notes: [] };
  // A story chooses what fits together.
  return { outcome, reason: joinExplanation(explanation), explanation, ...(unproven && { unproven }), ...rest } as Verdict;
}

/** The same ticks for each value of a label, so that there is something to draw of the worst one. */
function splitTicks(ticks: Ticks | null, split: SplitTable | undefined): Ticks | null {
  if (ticks === null || split === undefined) return ticks;
  const values = split.rows.flatMap(({ value }) => (value === null ? [] : [value]));
  return { ...ticks, split: { label: split.label, values, ticks: values.map(() => ticks) } };
}

/** The data of the chart, cut into passes with a strength each, so that the evidence grows. */
function passesOf(
  source: ChartSource,
  { lead, because = '', notes = [], strengths = [], split, after }: StoryInput,
): readonly Measurement[] {
  return source.measurements.flatMap((plain) => {
    const measured = { ...plain, ticks: splitTicks(plain.ticks, split) };
    const { result: stored } = measured;
    if (stored.outcome === 'error') return [];
    if (measured.phase === 'verifying') {
      const seen = after ?? { outcome: 'pass' as const, headline: '64 % of requests slower than 50 ms, was 65 %' };
      return [{ ...measured, result: { ...stored, ...result(seen) } as Verdict }];
    }
    const explanation = { headline: stored.explanation?.headline ?? '', because, notes };
    const own = { ...stored, explanation, ...(split && { split }), ...lead } as Verdict;
    const evidence: Evidence = { ...stored.evidence, ...(strengths.length > 0 && { strength: strengths.at(-1) ?? 0 }) };
    const whole = { ...measured, result: { ...own, evidence } as Verdict };
    const early = strengths.slice(0, -1).map((strength, i): Measurement => {
      const to = from + Math.round(((i + 1) * (measured.window.to - from)) / strengths.length / step) * step;
      const before = { ...result({ outcome: 'inconclusive', headline: 'too early to tell' }), evidence: { strength } } as Verdict;
      return { ...measured, at: to + 5_000, window: { ...measured.window, to }, ticks: null, control: null, result: before };
    });
    return [...early, whole];
  });
}

function story(input: StoryInput): PageStory {
  const source = chartStories[input.chart];
  if (source === undefined) throw new Error(`there is no chart ${input.chart}`);
  const { record } = source;
  const passes = passesOf(source, input);
  const sides = input.others ?? [];
  const last = passes.findLast(({ phase }) => phase === 'baking')?.window ?? { from, to: from + step, stepMs: step };
  const sideMeasurements = sides.flatMap((side): readonly Measurement[] => {
    const base = { check: side.name, window: last, query: `sum(rate(${side.name}_total[1m]))`, control: null } as const;
    const count = Math.max(1, Math.round((last.to - last.from) / step));
    const ticks = side.unproven
      ? null
      : ({ kind: 'value', value: Array.from({ length: count }, (_, i) => 50 + 9 * Math.sin(i * 1.9)) } as const);
    const baking: Measurement = { ...base, phase: 'baking', at: last.to + 5_000, ticks, result: result(side) };
    if (side.after === undefined) return [baking];
    return [
      baking,
      { ...base, phase: 'verifying', at: last.to + 90_000, ticks: null, result: result({ outcome: 'pass', headline: side.after }) },
    ];
  });
  const rules: readonly CheckRule[] = [
    ...record.ruleSet.checks.map((rule) => (input.split ? { ...rule, by: input.split.label } : rule)),
    ...sides.map(({ name }) => aCheck({ name, question: { kind: 'value', query: name }, critical: true })),
  ];
  const measurements = [...passes, ...sideMeasurements];
  const checks = rules.map(({ name, provider, critical }): CheckView => {
    const own = measurements.filter(({ check }) => check === name);
    return {
      name,
      provider,
      critical,
      latest: own.at(-1) ?? null,
      baking: own.findLast(({ phase }) => phase === 'baking') ?? null,
      verifying: own.findLast(({ phase }) => phase === 'verifying') ?? null,
      asked: own.length,
      couldNotAsk: 0,
    };
  });
  const lead = passes.findLast(({ phase }) => phase === 'baking');
  const reason = lead === undefined ? '' : headlineOf(lead.check, lead.result);
  const { bake } = input;
  const order = 'order' in bake ? { order: { ...bake.order, target, reasons: [reason] as const } } : {};
  const reasons = 'reasons' in bake && bake.reasons[0] === '' ? { reasons: [reason, ...bake.reasons.slice(1)] } : {};
  return {
    now: input.now,
    details: {
      record: {
        deploy: {
          ...record.deploy,
          id,
          service: 'parcel',
          release: { version: 'v2.18.0', commit: '9f3c2a1d77', metadata: { repository: 'https://github.com/parcel/parcel' } },
          links: [{ title: 'GitHub Actions 4812', url: 'https://github.com/parcel/parcel/actions/runs/4812' }],
          registeredBy: 'ana',
        },
        bake: { ...bake, id, ...order, ...reasons } as Bake,
        version: 12,
        ruleSet: { ...record.ruleSet, checks: rules },
        plan: { ...aPlan(record.plan), knownGood: 'v2.17.4' },
      },
      checks,
      measurements,
      timeline: [
        { at: t0, kind: 'registered', by: 'ana', text: 'registered' },
        { at: from, kind: 'baking', by: 'bakewatch', text: 'watching the checks' },
        ...(input.timeline ?? []),
      ],
      attempts: input.attempts ?? [],
      prunedAt: null,
      pastPrunedAt: null,
      histories: source.histories.map(({ check, stretch }) => ({
        check,
        stretch: stretch && { ...stretch, ticks: splitTicks(stretch.ticks, input.split) ?? stretch.ticks },
        source: '',
        calibrations: [],
      })),
    },
  };
}

const [ordered, back, ended] = [from + 20 * step + 5_000, from + 20 * step + 17_000, from + 41 * step + 5_000];
const healthySides: readonly SideCheck[] = [
  { name: 'saturation', outcome: 'pass', headline: '212 MB, was 209 MB', after: '210 MB, was 209 MB' },
  { name: 'labels printed', outcome: 'pass', headline: '402 a minute, was 398', after: '399 a minute, was 398' },
];
const split: SplitTable = {
  label: 'endpoint',
  rows: [
    { value: '/labels/{id}', outcome: 'fail', measured: 0.97, expected: 0.66, samples: 1204 },
    { value: '/rates', outcome: 'fail', measured: 0.88, expected: 0.73, samples: 2310 },
    { value: '/track/{code}', outcome: 'pass', measured: 0.7, expected: 0.7, samples: 1840 },
    { value: '/health', outcome: 'pass', measured: 0.12, expected: 0.12, samples: 565 },
  ],
};
const sure = 'compared with the last 30 min on v2.17.4; very sure: one healthy bake in 10,000 looks like this';
const notSure = 'compared with the last 30 min on v2.17.4; not yet sure: one healthy bake in 200 looks like this';
const rollback: readonly TimelineEntry[] = [
  { at: ordered, kind: 'rolling_back', by: 'bakewatch', text: 'rolling back to v2.17.4' },
  { at: back, kind: 'verifying', by: 'bakewatch', text: 'v2.17.4 runs again; watching whether the service recovers' },
];
const attempt: Attempt = {
  orderId: `${id}:d1`,
  number: 1,
  effectId: 'e1',
  bakeId: id,
  startedAt: ordered,
  endedAt: back,
  outcome: 'succeeded',
  output:
    'task deploy:symlink\n  web-01 … web-12  current → releases/v2.17.4\ntask php-fpm:reload      ok 12/12\nseen: 12 of 12 run v2.17.4',
};
const order = { id: `${id}:d1`, target, reasons: [''] as const };
const growing = [0.02, 0.05, 0.1, 0.14, 0.21, 0.3, 0.42, 0.55, 0.7, 0.9, 1.1];

/** Deploys in the states that people look at, with everything that their page shows. */
export const pageStories: Readonly<Record<string, PageStory>> = {
  suspicious: story({
    chart: 'stages-free',
    bake: aBake('baking', { from, endsAt: from + 60 * step, limitAt: from + 120 * step }),
    because: notSure,
    lead: { outcome: 'inconclusive', leans: true },
    strengths: growing.slice(0, 9).map((one) => one * 0.8),
    others: [
      { name: 'latency', outcome: 'pass', headline: '2.1 % slower than 300 ms, was 2.3 %' },
      { name: 'orders', outcome: 'pass', headline: '58 a minute, was 61' },
      { name: 'queue', outcome: 'pass', headline: '0 messages', unproven: 'no series has ever matched job="chekout"; there is checkout' },
    ],
    now: from + 36 * step,
  }),
  recovered: story({
    chart: 'slower',
    bake: aBake('rolled_back', { at: ended, order }),
    because: sure,
    notes: ['50 ms is the bound that changed most; the limit of 500 ms was never passed'],
    strengths: growing,
    split,
    others: healthySides,
    timeline: [...rollback, { at: ended, kind: 'rolled_back', by: 'bakewatch', text: 'rolled back to v2.17.4; the service has recovered' }],
    attempts: [attempt],
    now: ended + 600_000,
  }),
  passed: story({
    chart: 'healthy',
    bake: aBake('passed', { at: from + 60 * step, reasons: [''] }),
    because: 'compared with the last 30 min; a rise to 0.8 % would have been seen',
    others: healthySides.map(({ after: _, ...one }) => one),
    now: from + 80 * step,
  }),
  'low confidence': story({
    chart: 'stages',
    bake: aBake('passed', { at: from + 60 * step, confidence: 'low', reasons: [''] }),
    because: 'with 31 requests, less than 1 failure in 10 cannot be seen',
    now: from + 80 * step,
  }),
  unproven: story({
    chart: 'healthy',
    bake: aBake('passed', { at: from + 60 * step, confidence: 'low', reasons: [''] }),
    lead: {
      unproven: 'unproven: no series has ever matched status="500"; the label status_class has 2xx, 4xx and 5xx',
    } as Partial<Verdict>,
    others: healthySides.map(({ after: _, ...one }) => one),
    now: from + 80 * step,
  }),
  extended: story({
    chart: 'stages-free',
    bake: aBake('baking', { from, endsAt: from + 30 * step, limitAt: from + 90 * step, extendedSince: from + 31 * step, reasons: [''] }),
    because: notSure,
    lead: { outcome: 'inconclusive', leans: true },
    strengths: growing.slice(0, 8),
    now: from + 41 * step,
  }),
  failed: story({
    chart: 'leak',
    bake: aBake('failed', { at: ordered, rolledBack: 'no', reasons: ['', 'not rolled back: R. Okafor froze parcel until 18:00'] }),
    because: sure,
    strengths: growing,
    timeline: [{ at: ordered, kind: 'failed', by: 'bakewatch', text: 'failed, not rolled back: R. Okafor froze parcel until 18:00' }],
    now: ordered + 60_000,
  }),
  'rolling back': story({
    chart: 'one-endpoint-open',
    bake: aBake('rolling_back', { since: ordered, order }),
    because: sure,
    strengths: growing,
    timeline: rollback.slice(0, 1),
    attempts: [
      { ...attempt, outcome: 'failed', output: 'web-04, web-07 and web-09 refused the connection\n3 of 12 hosts still run v2.18.0' },
      {
        ...attempt,
        number: 2,
        endedAt: null,
        outcome: null,
        startedAt: back,
        output: 'task deploy:symlink\n  web-04 current → releases/v2.17.4',
      },
    ],
    now: back + 9_000,
  }),
  'changed nothing': story({
    chart: 'outage-on',
    bake: aBake('failed', {
      at: ended,
      rolledBack: 'yes',
      didNotHelp: true,
      reasons: ['', 'rolled back to v2.17.4, but the checks still fail: the rollback did not help'],
    }),
    because: sure,
    after: { outcome: 'fail', headline: '30 % of requests failed, was 0.5 %' },
    timeline: [...rollback, { at: ended, kind: 'failed', by: 'bakewatch', text: 'failed: the rollback did not help' }],
    attempts: [attempt],
    now: ended + 60_000,
  }),
  'needs approval': story({
    chart: 'one-endpoint-open',
    bake: aBake('awaiting_approval', { since: ordered, target, reasons: [''] }),
    because: sure,
    strengths: growing,
    timeline: [
      { at: ordered, kind: 'awaiting_approval', by: 'bakewatch', text: 'waiting for a person to approve the rollback to v2.17.4' },
    ],
    now: ordered + 60_000,
  }),
  inconclusive: story({
    chart: 'stages',
    bake: aBake('inconclusive', { at: from + 120 * step, reasons: [''] }),
    because: 'Prometheus has shown no data since 40 s after the deploy',
    now: from + 130 * step,
  }),
};
