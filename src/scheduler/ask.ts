import { formatDuration } from '../core/base/duration.ts';
import { AppError, ProviderError } from '../core/base/errors.ts';
import type { Window } from '../core/base/window.ts';
import type { AlertSighting } from '../core/judge/alert-reason.ts';
import type { BoundCheck } from '../core/judge/check.ts';
import type { MeasurementPhase } from '../core/judge/measurement.ts';
import { type AlertMatch, describeAlerts } from '../core/rules/alert.ts';
import { latencyBounds } from '../core/rules/latency-bounds.ts';
import { describeTarget, type Probe } from '../core/rules/probe.ts';
import { renderProbe } from '../core/rules/render-probe.ts';
import { type QueryValues, renderQuery, renderText } from '../core/rules/render-query.ts';
import type { CheckRule, QuerySource } from '../core/rules/rule-set.ts';
import { type NamedSource, questionText, sourcesOf, textOf } from '../core/rules/sources.ts';
import { sameFiringMs } from '../core/series/alert-column.ts';
import type { Answers } from '../core/series/answer.ts';
import type { SplitRequest } from '../core/series/split-answers.ts';
import type { Ticks } from '../core/series/ticks.ts';
import { ticksFromAnswers } from '../core/series/ticks-from-answers.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { SeriesQuery, Urgency } from '../ports/provider.ts';
import type { ProviderInstance, Providers } from '../ports/providers.ts';

/** The question of a check about one deploy: the values to fill in, and the matchers that select the canary and the stable release. */
export type CheckQuestion = {
  readonly rule: CheckRule;
  readonly text: string;
  readonly values: QueryValues;
  readonly canary: string;
  readonly stable: string | null;
  /** When the deploy was made. Missing: nothing was deployed, as in a backtest. */
  readonly deployedAt?: number;
  /** How soon it must be answered where there is too much to ask. Default: `normal`. */
  readonly urgency?: Urgency;
  /** Of a check with `by`: the values that are asked for whatever their traffic is, and those that are counted in the whole alone. */
  readonly split?: SplitValues;
};

/** The values of a label that a past has: those that are judged on their own, and the others. */
export type SplitValues = Pick<SplitRequest, 'values' | 'except'>;

/** The ticks of the new release, and those of the stable release where the rules have a control. `seen`: what a probe saw, in words; `alerts`: what was said about alerts. */
export type TicksAnswer = {
  readonly ticks: Ticks;
  readonly control: Ticks | null;
  readonly seen: string | null;
  readonly alerts?: AlertSighting;
};

/** Asks a question about a window. Throws `ProviderError`. */
export type AskTicks = (question: CheckQuestion, window: Window, signal: AbortSignal) => Promise<TicksAnswer>;

/** Counters are read from this long before a window on, to know their values at its start and which instances existed. */
const lookbackMs = 300_000;

/** Builds the question of a check about a deploy. After a rollback there is no canary: the question covers all instances together. */
export function questionFor(record: DeployRecord, check: Pick<BoundCheck, 'rule'>, phase: MeasurementPhase): CheckQuestion {
  const { deploy, ruleSet, plan } = record;
  const { rule } = check;
  const values = {
    service: deploy.service,
    environment: deploy.environment,
    version: deploy.release.version,
    commit: deploy.release.commit,
    known_good: plan.knownGood,
  };
  const text = questionText(rule.question);
  if ('probe' in rule.question) {
    return { rule, text, values: { ...values, ...shouldRun(record) }, canary: '', stable: null };
  }
  if ('alert' in rule.question)
    return { rule, text, values, canary: '', stable: null, deployedAt: record.bake.deployedAt ?? record.bake.begunAt };
  const control = phase === 'baking' ? ruleSet.control : null;
  if (control === null) return { rule, text, values, canary: '', stable: null };
  return { rule, text, values, canary: control.canary, stable: plan.knownGood === null ? null : control.stable };
}

/** A probe sees what runs now. After a rollback this is the release that was put back. */
function shouldRun({ bake }: DeployRecord): QueryValues {
  return bake.state === 'verifying' ? { version: bake.order.target.version, commit: bake.order.target.commit } : {};
}

/** Everything that an answer about the past depends on: the provider, the rendered queries, and the step. */
export function sourceOf({ rule, values }: CheckQuestion, stepMs: number): string {
  const filled = { ...values, step: formatDuration(stepMs), matchers: '' };
  const queries = askedSources(rule).map(({ name, source }) => `${name}: ${render(textOf(source), filled)}`);
  return [`${rule.provider} every ${filled.step}`, ...queries, ...(rule.by === undefined ? [] : [`by: ${rule.by}`])].join('\n');
}

/** Asks for the ticks of a bake. They need the exact increments of raw counters. */
export function createAsker(providers: Providers): AskTicks {
  return async (question, window, signal) => {
    const instance = instanceOf(providers, question.rule);
    if ('probe' in question.rule.question) return askProbe({ instance, probe: question.rule.question.probe, question }, window, signal);
    if ('alert' in question.rule.question) return askAlerts({ instance, match: question.rule.question.alert, question }, window, signal);
    const [ticks, control] = await Promise.all([
      askTicks({ instance, question, matchers: question.canary, isExact: true }, window, signal),
      question.stable === null ? null : askTicks({ instance, question, matchers: question.stable, isExact: true }, window, signal),
    ]);
    return { ticks, control, seen: null };
  };
}

/** The maximum number of values of a label in one piece of a past. Of all of them, the busiest are kept. */
const maxPastValues = 200;

function splitOf({ rule, split = { values: [] } }: CheckQuestion, max?: number): SplitRequest | undefined {
  return rule.by === undefined ? undefined : { label: rule.by, ...split, ...(max !== undefined && { max }) };
}

/** The ticks of a past, and the names of the sources that matched any series in it. */
export type PastAnswer = { readonly ticks: Ticks; readonly matched: readonly string[] };

/** Asks for a long past. The provider's server sums the counters. */
export async function askHistory(providers: Providers, question: CheckQuestion, window: Window, signal: AbortSignal): Promise<PastAnswer> {
  const instance = instanceOf(providers, question.rule);
  if ('alert' in question.rule.question) {
    const { ticks } = await askAlerts({ instance, match: question.rule.question.alert, question }, window, signal);
    return { ticks, matched: [] };
  }
  const request = { instance, question, matchers: '', isExact: false };
  const answers = await askSources(request, window, signal);
  const matched = Object.keys(answers).filter((name) => answers[name]?.series.some(({ samples }) => samples.length > 0));
  return {
    ticks: ticksFromAnswers(question.rule.question.kind, answers, { window, lookbackMs }, splitOf(question, maxPastValues)),
    matched,
  };
}

type ProbeRequest = { readonly instance: ProviderInstance; readonly probe: Probe; readonly question: CheckQuestion };

async function askProbe({ instance, probe, question }: ProbeRequest, window: Window, signal: AbortSignal): Promise<TicksAnswer> {
  const target = orBadQuery(() => renderProbe(probe.target, question.values));
  const query = { form: 'probe', query: describeTarget(target), probe: { ...probe, target }, window } as const;
  const answer = await instance.provider.fetchSeries(query, signal, question.urgency);
  const ticks = ticksFromAnswers('ratio', { probe: answer }, { window, lookbackMs });
  return { ticks, control: null, seen: answer.shape === 'attempts' ? answer.seen : null };
}

type AlertRequest = { readonly instance: ProviderInstance; readonly match: AlertMatch; readonly question: CheckQuestion };

/** The lookback reaches to some time before the deploy: an alert that fired then and fires again is not new. */
async function askAlerts({ instance, match, question }: AlertRequest, window: Window, signal: AbortSignal): Promise<TicksAnswer> {
  const deployedAt = question.deployedAt ?? window.from;
  const query = alertQuery(match, question, window);
  const answer = await instance.provider.fetchSeries(query, signal, question.urgency);
  const ticks = ticksFromAnswers('value', { alert: answer }, { window, lookbackMs });
  return { ticks, control: null, seen: null, ...(answer.shape === 'alerts' && { alerts: { answer, window, deployedAt } }) };
}

function alertQuery(match: AlertMatch, { values, deployedAt }: CheckQuestion, window: Window) {
  const filled = Object.fromEntries(Object.entries(match).map(([label, value]) => [label, orBadQuery(() => renderText(value, values))]));
  const lookback = Math.max(0, window.from - (deployedAt ?? window.from)) + sameFiringMs;
  return { form: 'alert', query: describeAlerts(filled), match: filled, window, lookbackMs: lookback } as const;
}

/** What a check asks about the new release, as it is asked about a past. A probe asks nothing that can be asked again. Throws `ProviderError`. */
export function queriesOf(question: CheckQuestion, window: Window): readonly SeriesQuery[] {
  const { question: asked } = question.rule;
  if ('alert' in asked) return [alertQuery(asked.alert, question, window)];
  return sourcesOf(asked).map(({ source }) => queryFor({ question, matchers: question.canary, isExact: false }, source, window));
}

type SelectorRequest = {
  readonly instance: ProviderInstance;
  readonly question: CheckQuestion;
  readonly matchers: string;
  readonly isExact: boolean;
};

async function askTicks(request: SelectorRequest, window: Window, signal: AbortSignal): Promise<Ticks> {
  const { question } = request;
  return ticksFromAnswers(
    question.rule.question.kind,
    await askSources(request, window, signal),
    { window, lookbackMs },
    splitOf(question),
  );
}

async function askSources(request: SelectorRequest, window: Window, signal: AbortSignal): Promise<Answers> {
  const { provider } = request.instance;
  const entries = await Promise.all(
    askedSources(request.question.rule).map(
      async ({ name, source }) =>
        [name, await provider.fetchSeries(queryFor(request, source, window), signal, request.question.urgency)] as const,
    ),
  );
  return Object.fromEntries(entries);
}

function queryFor({ question, matchers, isExact }: Omit<SelectorRequest, 'instance'>, source: QuerySource, window: Window): SeriesQuery {
  const { rule } = question;
  const values = { ...question.values, step: formatDuration(window.stepMs) };
  const filled = render(matchers, values);
  const bounds = rule.question.kind === 'latency' ? { bounds: latencyBounds(rule) } : {};
  if ('query' in source) {
    return {
      form: rule.question.kind === 'value' ? 'gauge' : 'events',
      query: render(source.query, { ...values, matchers: filled }),
      window,
      ...bounds,
    };
  }
  const query = render(source.selector, values);
  if (isExact) return { form: 'counter', query, matchers: filled, window, lookbackMs, ...bounds };
  const by = [...(rule.question.kind === 'latency' ? ['le'] : []), ...(rule.by === undefined ? [] : [rule.by])];
  return { form: 'increase', query, matchers: filled, window, by, ...bounds };
}

function render(text: string, values: QueryValues): string {
  return orBadQuery(() => renderQuery(text, values));
}

/** Turns an `AppError` of rendering into a `ProviderError`. */
function orBadQuery<T>(render: () => T): T {
  try {
    return render();
  } catch (error) {
    if (error instanceof AppError) throw new ProviderError('bad_query', error.message, { cause: error });
    throw error;
  }
}

/** The sources of a question about series. */
function askedSources({ question }: CheckRule): readonly NamedSource[] {
  if ('probe' in question) throw new ProviderError('bad_query', 'a probe cannot be asked about the past');
  return sourcesOf(question);
}

function instanceOf(providers: Providers, rule: CheckRule): ProviderInstance {
  const instance = providers.get(rule.provider);
  if (instance === undefined)
    throw new ProviderError('bad_query', `the rules of this deploy name the provider ${rule.provider}, which is no longer defined`);
  return instance;
}
