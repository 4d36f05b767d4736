import { type Bake, isFinal } from '../bake/bake.ts';
import type { Deploy } from '../bake/deploy.ts';
import { judgedBadAt } from '../bake/judged-bad-at.ts';
import type { TimelineEntry } from '../bake/narrate.ts';
import { describeMark } from '../bake/verdict-mark.ts';
import { type Chart, chartsOf } from '../chart/chart.ts';
import { answerOf } from '../judge/check-answer.ts';
import { headlineOf } from '../judge/headline.ts';
import { isHeadlineOf, type ReasonLayers, reasonLayers } from '../judge/reason-layers.ts';
import { type Change, changeOf } from './change.ts';
import { type CheckNumbers, checkNumbers } from './check-numbers.ts';
import { firstBadAt } from './first-bad-at.ts';
import { isRecoveryMeasured } from './recovery.ts';
import type { ReportAttempt, ReportCheck, ReportSource } from './report-source.ts';
import { type SplitNumbers, splitNumbers } from './split-numbers.ts';
import { reasonsOf, summarize } from './summarize.ts';
import { type Times, timesOf } from './times.ts';
import { unknownsOf } from './unknowns.ts';

/** The draft of a post-mortem: everything that is known about a deploy, in the order in which people ask. People fill in the rest. */
export type Report = {
  readonly at: number;
  readonly title: string;
  /** What happened, in one paragraph. */
  readonly summary: string;
  /** The reasons in the summary, with what lies below them. */
  readonly reasons: readonly ReasonLayers[];
  readonly bake: Bake;
  /** Whether the bake has ended. Otherwise the report is preliminary. */
  readonly isFinal: boolean;
  readonly deploy: Deploy;
  readonly change: Change;
  readonly times: Times;
  readonly checks: readonly ReportCheck[];
  readonly numbers: readonly CheckNumbers[];
  /** What split checks say of each value of their label. */
  readonly splits: readonly SplitNumbers[];
  readonly charts: readonly Chart[];
  readonly timeline: readonly TimelineEntry[];
  /** The timeline entries of people and pipelines. */
  readonly interventions: readonly TimelineEntry[];
  readonly attempts: readonly ReportAttempt[];
  readonly unknowns: readonly string[];
};

/** The sections that people fill in, each with a question. Blameless: they ask about the service and the process, not about persons. */
export const blankSections: readonly { readonly title: string; readonly question: string }[] = [
  { title: 'Impact', question: 'Who noticed what? How many users, orders or calls were affected?' },
  { title: 'What went well', question: 'What helped to detect it and to end it?' },
  { title: 'What went wrong', question: 'What in the change, the tests, the pipeline or the checks let it through?' },
  { title: 'Where we got lucky', question: 'What could have made it worse but did not?' },
  { title: 'Follow-ups', question: 'What will be done about it, and by when?' },
];

/** Builds the report of one deploy in any state. Pure and total. */
export function buildReport(source: ReportSource): Report {
  const { record, timeline, attempts, checks, at } = source;
  const { deploy, bake, marks = [] } = record;
  const charts = chartsOf(source);
  const judged = judgedBadAt(record.ruleSet, source.measurements, timeline);
  const firstBad = firstBadAt(record.ruleSet, checks, charts);
  const hasRecovered = isRecoveryMeasured(checks);
  const times = timesOf({ bake, timeline, at, judgedBadAt: judged, firstBadAt: firstBad, isRecoveryMeasured: hasRecovered });
  const change = changeOf(deploy, source.previous);
  const answers = checks.map((check) => answerOf(check, check.baking));
  const failed = answers.filter(({ critical, outcome }) => critical && outcome === 'fail');
  const failing = checks.flatMap(({ name, baking }) =>
    baking !== null && failed.some((one) => one.name === name) ? [headlineOf(name, baking.result)] : [],
  );
  const otherReasons = reasonsOf(bake).filter((reason) => !failed.some((one) => isHeadlineOf(reason, one)));
  const summary = summarize({ at, deploy, bake, times, previous: source.previous, failing, otherReasons });
  return {
    at,
    title: `${deploy.service} ${deploy.release.version} (${deploy.environment}): ${titleOf(bake, hasRecovered)}`,
    summary: [summary, ...marks.map((mark) => `${capitalize(describeMark(mark))}.`)].join(' '),
    reasons: reasonLayers(
      [...failing, ...otherReasons].filter((text) => summary.toLowerCase().includes(text.toLowerCase())),
      answers,
    ),
    bake,
    isFinal: isFinal(bake),
    deploy,
    change,
    times,
    checks,
    numbers: checkNumbers(record.ruleSet, answers),
    splits: splitNumbers(record.ruleSet, answers),
    charts,
    timeline,
    interventions: timeline.filter(({ by }) => by !== 'bakewatch'),
    attempts,
    unknowns: unknownsOf(source, { charts, times }),
  };
}

function capitalize(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function titleOf(bake: Bake, hasRecovered: boolean): string {
  if (bake.state !== 'rolled_back') return headlines[bake.state];
  if (bake.unconfirmed !== undefined) return 'rolled back, recovery not measured';
  return `${headlines[bake.state]}${hasRecovered ? ' and recovered' : ''}`;
}

const headlines: Readonly<Record<Bake['state'], string>> = {
  warming: 'warming up',
  shifting: 'traffic is being shifted',
  baking: 'being watched',
  awaiting_approval: 'unhealthy, waiting for a person',
  rolling_back: 'unhealthy, being rolled back',
  verifying: 'rolled back, watching the recovery',
  passed: 'passed',
  rolled_back: 'rolled back',
  inconclusive: 'could not be judged',
  failed: 'failed, needs a person',
  canceled: 'canceled',
  superseded: 'superseded',
};
