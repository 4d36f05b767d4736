import { formatDuration } from '../../src/core/base/duration.ts';
import type { Question } from '../../src/core/rules/rule-set.ts';
import type { QueryFault } from '../define-provider.ts';
import { type CloudWatchProblem, parseDimensions, refuse } from './dimensions.ts';
import { type CloudWatchQuery, parseQuery, type StatTerm } from './query.ts';

/** Returns what is wrong with a query of a rule file, or `null`. Its placeholders are not yet filled in. */
export function lintQuery(text: string, kind: Question['kind'], stepMs: number): QueryFault | null {
  const problem = problemOf(text, kind, stepMs);
  return problem && faultOf(problem);
}

/** Returns what is wrong with the matchers of a control, or `null`. */
export function lintMatchers(text: string): QueryFault | null {
  const dimensions = parseDimensions(text);
  return dimensions.ok ? null : faultOf(dimensions);
}

function faultOf({ problem, hint, at }: CloudWatchProblem): QueryFault {
  return { message: problem, hint, ...(at !== undefined && { at }) };
}

function problemOf(text: string, kind: Question['kind'], stepMs: number): CloudWatchProblem | null {
  const query = parseQuery(text);
  if (!query.ok) return query;
  const problem = functionProblem(query.value) ?? periodProblem(query.value, stepMs);
  if (problem) return problem;
  switch (kind) {
    case 'ratio':
    case 'rate':
      return countProblem(query.value);
    case 'latency':
      return refuse(
        'CloudWatch returns no histogram buckets',
        'write a ratio of slow events: bad: NAMESPACE:METRIC{…}:TC(0.5:), total: NAMESPACE:METRIC{…}:SampleCount; or a value: NAMESPACE:METRIC{…}:p95',
      );
    case 'value':
      return null;
  }
}

/** The periods under a minute that metrics of high resolution may have. */
const shortPeriods = new Set([1_000, 5_000, 10_000, 20_000, 30_000]);

/** Returns the problem with ticks that are shorter than a period of the metrics, or are no period at all; or `null`. */
export function periodProblem({ terms }: CloudWatchQuery, stepMs: number): CloudWatchProblem | null {
  if (stepMs % 60_000 === 0) return null;
  const aws = terms.find(({ namespace }) => namespace.startsWith('AWS/'));
  if (aws)
    return refuse(
      `${aws.namespace} has one point a minute, but a tick is ${formatDuration(stepMs)}`,
      'write `every: 1m` or a multiple of it',
    );
  if (shortPeriods.has(stepMs)) return null;
  return refuse(
    `CloudWatch has no period of ${formatDuration(stepMs)}`,
    'write `every: 1m` or a multiple of it; for metrics of high resolution 1s, 5s, 10s, 20s or 30s',
  );
}

const keepsGaps = 'leave it out: a period without data must stay one; where `total` or `exposure` has data, a missing count is 0';
const needsPast =
  'leave it out: Bakewatch asks period by period, so there are no points before; compare in the rules: relative, regression or drop';
const oneNumber = 'of one metric it is one number for the whole time range; write an array, such as SUM([a, b])';
const namesOnly = 'name each metric with its dimensions';

const refusedFunctions: Readonly<Record<string, string>> = {
  FILL: keepsGaps,
  ...Object.fromEntries(
    ['DIFF', 'DIFF_TIME', 'RATE', 'RUNNING_SUM', 'ANOMALY_DETECTION_BAND', 'SLICE', 'SORT', 'REMOVE_EMPTY'].map((name) => [
      name,
      needsPast,
    ]),
  ),
  ...Object.fromEntries(
    ['METRICS', 'SEARCH', 'METRIC_COUNT', 'DB_PERF_INSIGHTS', 'INSIGHT_RULE_METRIC', 'SERVICE_QUOTA', 'LAMBDA', 'TIME_SERIES'].map(
      (name) => [name, namesOnly],
    ),
  ),
};
const aggregations = new Set(['AVG', 'MAX', 'MIN', 'STDDEV', 'SUM']);
const others = new Set(['ABS', 'CEIL', 'FLOOR', 'IF', 'LOG', 'LOG10', 'PERIOD']);

/** Returns the problem with a function that a query of single periods cannot use, or `null`. */
export function functionProblem({ functions }: CloudWatchQuery): CloudWatchProblem | null {
  for (const { name, isArray } of functions) {
    const known = others.has(name) || (aggregations.has(name) && isArray);
    if (known) continue;
    const hint = refusedFunctions[name] ?? (aggregations.has(name) ? oneNumber : `use one of ${[...others, ...aggregations].join(', ')}`);
    return refuse(`a query of a check cannot use ${name}()`, hint);
  }
  return null;
}

/** Returns what is wrong with a query that counts events, or `null`. */
export function countProblem({ terms, functions, signs }: CloudWatchQuery): CloudWatchProblem | null {
  const [called] = functions;
  if (called) return refuse(`${called.name}() does not count events`, 'write one metric as a count, or several with + between them');
  const sign = signs.find((one) => one !== '+');
  if (sign !== undefined)
    return refuse(`a count cannot have ${sign}`, 'a count is one metric or a sum; other numbers belong under `value:`');
  const other = terms.find((term) => !isCount(term));
  return other
    ? refuse(`${other.statistic} of ${other.metric} is not a count`, 'write Sum, SampleCount or TC(…); other numbers belong under `value:`')
    : null;
}

function isCount({ statistic }: StatTerm): boolean {
  return /^(?:Sum$|SampleCount$|TC\(|tc)/.test(statistic);
}
