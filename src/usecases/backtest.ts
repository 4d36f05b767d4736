import { wholeBake } from '../core/backtest/backtest.ts';
import { type BacktestTools, backtestCheck, type CheckedPast } from '../core/backtest/backtest-check.ts';
import { coarsen } from '../core/backtest/coarsen.ts';
import { coarseness, layOut, windowOf } from '../core/backtest/layout.ts';
import { notesOn, whyNone } from '../core/backtest/notes.ts';
import { createRandom, type Random } from '../core/backtest/random.ts';
import type { BacktestReport, CheckReport } from '../core/backtest/report.ts';
import { untriable } from '../core/backtest/untriable.ts';
import { formatDuration } from '../core/base/duration.ts';
import { AppError, ProviderError } from '../core/base/errors.ts';
import { ceilTo, type Interval, type Window } from '../core/base/window.ts';
import type { Analyzer } from '../core/judge/analyzer.ts';
import { type BoundCheck, bindChecks, shareOfBudget } from '../core/judge/check.ts';
import { excludeIntervals } from '../core/judge/exclude-intervals.ts';
import { describeUnmatched } from '../core/judge/source-sightings.ts';
import type { CheckRule, RuleSet } from '../core/rules/rule-set.ts';
import { sourcesOf } from '../core/rules/sources.ts';
import { selectValues } from '../core/series/split.ts';
import { appendTicks, type Stretch, type Ticks } from '../core/series/ticks.ts';

export type BacktestDeps = {
  /** Fetches the ticks of a check as a bake does, and says which of its sources matched any series. Throws `ProviderError`. */
  readonly ask: (rule: CheckRule, window: Window, signal: AbortSignal) => Promise<CheckPast>;
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly interval: BacktestTools['interval'];
  /** How long after its end a tick may still change at the providers of the rules. */
  readonly settleMs: number;
  /** Called with a line for every step that is done. */
  readonly progress: (line: string) => void;
  /** The current time. It ends the window and times the steps. */
  readonly now: () => number;
};

/** The past of a check, and the names of the sources that matched a series in it. */
export type CheckPast = { readonly ticks: Ticks; readonly matched: readonly string[] };

export type BacktestInput = {
  readonly ruleSet: RuleSet;
  readonly sinceMs: number;
  /** The length of a tick; `null`: as long as the bake's. */
  readonly stepMs: number | null;
  readonly except: readonly Interval[];
  readonly deploys: number;
  readonly falseAlarms?: number | undefined;
  readonly seed: number;
};

/** One request asks for one day. The timeout of a check is this for each of its days. */
const chunkMs = 86_400_000;
const timeoutMs = 60_000;

/**
 * Tries a rule set on the service's own past: how often would it have failed a healthy bake, and which regressions would it have detected? Throws
 * `AppError('unavailable')` where a provider could not be asked or refused the query, and `AppError('not_found')` where there is too little past for
 * one bake.
 */
export async function backtest(deps: BacktestDeps, input: BacktestInput): Promise<BacktestReport> {
  const { ruleSet } = input;
  const all = bindChecks(ruleSet, deps.analyzers);
  const untried = ruleSet.checks.flatMap((rule) => reasonNotTried(rule));
  const bounds = all.filter(({ rule }) => untriable(rule) === null);
  if (bounds.length === 0) throw new AppError('not_found', `no check can be tried on the past: ${textOf(untried)}`);
  const window = windowOf(ruleSet, { now: deps.now(), sinceMs: input.sinceMs, settleMs: deps.settleMs, stepMs: input.stepMs });
  const fetched = await fetchAll(deps, bounds, window);
  const pasts = fetched.map(({ stretch }) => selectValues(stretch, ruleSet.bake.forMs));
  const layout = layOut({ ruleSet, checks: bounds, pasts, max: input.deploys, except: input.except }, createRandom(input.seed));
  if (layout.deploys.length === 0) throw new AppError('not_found', whyNone(layout, window, ruleSet));
  const tested = bounds.map((check, i) => {
    const fine = pasts[i] ?? noDays();
    // One random generator for each check: what is injected into one check does not depend on the other checks.
    const ownInput = { ...input, random: createRandom(input.seed + 1 + i) };
    return { check, ...tryCheck(deps, { check, fine, all, deploys: layout.deploys }, ownInput) };
  });
  const budget = input.falseAlarms ?? ruleSet.falseAlarms;
  return {
    service: ruleSet.service,
    environment: ruleSet.environment,
    window,
    bake: { forMs: ruleSet.bake.forMs, warmupMs: ruleSet.bake.warmupMs },
    budget,
    deploys: {
      count: layout.deploys.length,
      first: layout.deploys[0] ?? 0,
      last: layout.deploys.at(-1) ?? 0,
      leftOut: layout.leftOut,
    },
    whole: wholeBake(tested, layout.deploys, { interval: deps.interval, budget }),
    checks: tested.map(({ check, report }, i) => withUnmatched(report, check.rule, { window, matched: fetched[i]?.matched ?? [] })),
    untried,
    notes: notesOn({ layout, window, ruleSet, pasts, names: bounds.map(({ rule }) => rule.name) }),
  };
}

type CheckTrial = {
  readonly check: BoundCheck;
  readonly fine: Stretch;
  /** Every check of the rules. They share the budget, also the checks that are not tried. */
  readonly all: readonly BoundCheck[];
  readonly deploys: readonly number[];
};

function tryCheck(
  deps: BacktestDeps,
  { check, fine, all, deploys }: CheckTrial,
  { ruleSet, falseAlarms = ruleSet.falseAlarms, except, random }: BacktestInput & { readonly random: Random },
): CheckedPast {
  const startedAt = deps.now();
  // A real bake does not learn from a past that is known to be unhealthy either.
  const coarse = excludeIntervals(coarsen(fine, coarseness(check, ruleSet, fine.stepMs)), except);
  const critical = all.filter(({ rule }) => rule.critical).length;
  const budget = falseAlarms / Math.max(1, critical);
  const trial = { check, ruleSet, fine, coarse, alpha: shareOfBudget(all, falseAlarms) };
  const past = backtestCheck(trial, deploys, { analyzers: deps.analyzers, interval: deps.interval, random, budget });
  deps.progress(`${check.rule.name}: judged ${deploys.length} pseudo deploys in ${secondsSince(deps, startedAt)}`);
  return past;
}

/** Fetches the past of every check. Refused queries, which people must correct, are collected from all checks and reported at once. */
async function fetchAll(deps: BacktestDeps, checks: readonly BoundCheck[], window: Window): Promise<readonly FetchedCheck[]> {
  const pasts: FetchedCheck[] = [];
  const refused: string[] = [];
  for (const { rule } of checks) {
    const startedAt = deps.now();
    try {
      pasts.push(await fetchPast(deps, rule, window));
      deps.progress(
        `${rule.name}: read ${formatDuration(window.to - window.from)} in ticks of ${formatDuration(window.stepMs)} from ${rule.provider} in ${secondsSince(deps, startedAt)}`,
      );
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      refused.push(`check ${rule.name}: ${rule.provider} could not be asked (${error.kind}): ${error.message}`);
      if (error.kind !== 'bad_query') break;
    }
  }
  if (refused.length > 0) throw new AppError('unavailable', `nothing was judged: ${refused.join('; ')}`);
  return pasts;
}

type FetchedCheck = { readonly stretch: Stretch; readonly matched: readonly string[] };

async function fetchPast(deps: BacktestDeps, rule: CheckRule, window: Window): Promise<FetchedCheck> {
  const days = chunksOf(window);
  const signal = AbortSignal.timeout(days.length * timeoutMs);
  const answers = await Promise.all(days.map((day) => deps.ask(rule, day, signal)));
  let ticks: Ticks | null = null;
  for (const answer of answers) {
    const joined: Ticks | null = ticks === null ? answer.ticks : appendTicks(ticks, answer.ticks);
    if (joined === null) throw new ProviderError('bad_query', 'the histogram changed its buckets, and no bucket existed the whole time');
    ticks = joined;
  }
  const stretch = { startAt: window.from, stepMs: window.stepMs, ticks: ticks ?? noDays() };
  return { stretch, matched: answers.flatMap(({ matched }) => matched) };
}

/** A check that watches nothing raises no false alarm either. The report must not praise it for that. */
function withUnmatched(
  report: CheckReport,
  rule: CheckRule,
  past: Pick<FetchedCheck, 'matched'> & { readonly window: Window },
): CheckReport {
  const sources = sourcesOf(rule.question).map(({ name }) => name);
  const [source] = sources.filter((name) => !past.matched.includes(name));
  const [sibling] = sources.filter((name) => past.matched.includes(name));
  if (source === undefined || sibling === undefined || rule.neverSeen === 'ok') return report;
  const lookedMs = past.window.to - past.window.from;
  return { ...report, unproven: describeUnmatched({ source, sibling, lookedMs, own: null, siblings: null }) };
}

function chunksOf({ from, to, stepMs }: Window): readonly Window[] {
  const size = ceilTo(chunkMs, stepMs);
  return Array.from({ length: Math.ceil((to - from) / size) }, (_, i) => ({
    from: from + i * size,
    to: Math.min(to, from + (i + 1) * size),
    stepMs,
  }));
}

function noDays(): never {
  throw new Error('the window has no days');
}

function reasonNotTried(rule: CheckRule): BacktestReport['untried'] {
  const reason = untriable(rule);
  return reason === null ? [] : [{ name: rule.name, reason }];
}

function textOf(untried: BacktestReport['untried']): string {
  return untried.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
}

function secondsSince({ now }: BacktestDeps, startedAt: number): string {
  return `${((now() - startedAt) / 1000).toFixed(1)} s`;
}
