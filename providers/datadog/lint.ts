import type { Question } from '../../src/core/rules/rule-set.ts';
import type { QueryFault } from '../define-provider.ts';
import { hasWords } from './compose.ts';
import { type DatadogProblem, type DatadogQuery, type FunctionCall, parseQuery, refuse, show } from './query.ts';

/** Returns what is wrong with a query of a rule file, or `null`. Its placeholders are not yet filled in. */
export function lintQuery(text: string, kind: Question['kind']): QueryFault | null {
  const problem = problemOf(text, kind);
  return problem && faultOf(problem);
}

/** Returns what is wrong with the matchers of a control, or `null`. */
export function lintMatchers(text: string): QueryFault | null {
  const query = parseQuery(`sum:any{${text}}`);
  if (!query.ok) return { message: `${show(text)} are no tags`, hint: 'write tags with commas between them, such as version:$version' };
  const problem = scopeProblem(query.value);
  return problem && faultOf(problem);
}

function faultOf({ problem, hint, at }: DatadogProblem): QueryFault {
  return { message: problem, hint, ...(at !== undefined && { at }) };
}

function problemOf(text: string, kind: Question['kind']): DatadogProblem | null {
  const query = parseQuery(text);
  if (!query.ok) return query;
  const problem = functionProblem(query.value) ?? scopeProblem(query.value);
  if (problem) return problem;
  switch (kind) {
    case 'ratio':
    case 'rate':
      return countProblem(query.value);
    case 'latency':
      return refuse(
        'Datadog returns no histogram buckets',
        'write a ratio of slow events: bad: count(v: v>0.5):METRIC{…}.as_count(), total: count:METRIC{…}.as_count(); or a value: p95:METRIC{…}',
      );
    case 'value':
      return valueProblem(query.value);
  }
}

const keepsGaps = 'leave it out: a tick without data must stay one; where `total` or `exposure` has data, a missing count is 0';
const needsPast =
  'leave it out: Bakewatch asks tick by tick, so there are no points before; compare in the rules: relative, regression or drop';
const setsTicks = 'leave it out: Bakewatch asks for points as long as its ticks';

const refusedFunctions: Readonly<Record<string, string>> = {
  default_zero: keepsGaps,
  ...Object.fromEntries(
    ['timeshift', 'calendar_shift', 'hour_before', 'day_before', 'week_before', 'month_before'].map((name) => [name, needsPast]),
  ),
  ...Object.fromEntries(['cumsum', 'integral', 'derivative', 'diff', 'monotonic_diff', 'dt'].map((name) => [name, needsPast])),
  ...Object.fromEntries(
    ['per_second', 'per_minute', 'per_hour', 'autosmooth', 'trend_line', 'robust_trend'].map((name) => [name, needsPast]),
  ),
  ...Object.fromEntries(['piecewise_constant', 'anomalies', 'outliers', 'forecast'].map((name) => [name, needsPast])),
  moving_rollup: setsTicks,
};

/** Returns the problem with a function that a query of single ticks cannot use, or `null`. */
export function functionProblem({ terms, functions }: DatadogQuery): DatadogProblem | null {
  for (const call of [...functions, ...terms.flatMap(({ calls }) => calls)]) {
    const hint = refusedFunctions[call.name] ?? (/^(?:ewma|median)_\d+$/.test(call.name) ? needsPast : hintForArguments(call));
    if (hint !== null) return refuse(`a query of a check cannot use ${call.name}(${call.args})`, hint);
  }
  return null;
}

function hintForArguments({ name, args }: FunctionCall): string | null {
  if (name === 'fill' && args !== 'null') return keepsGaps;
  return name === 'rollup' && !/^(?:avg|sum|min|max|count)$/.test(args) ? setsTicks : null;
}

function scopeProblem({ terms }: DatadogQuery): DatadogProblem | null {
  for (const { scope } of terms) {
    if (/[\w.-]\s*=/.test(scope)) return refuse(`the scope {${scope}} has a =`, 'write tags as key:value, such as {service:shop}');
    if (hasWords(scope) && /[,!]/.test(scope.replace(/\bIN\s*\([^()]*\)/gi, '')))
      return refuse(`the scope {${scope}} has both words and signs`, 'write AND and NOT instead of a comma and !, or only commas and !');
  }
  return null;
}

/** Returns what is wrong with a query that counts events, or `null`. */
export function countProblem({ terms, functions, operators }: DatadogQuery): DatadogProblem | null {
  const [called] = functions;
  if (called) return refuse(`${called.name}() does not count events`, 'write one metric as a count, or a sum of such metrics');
  const operator = operators.find((sign) => sign !== '+');
  if (operator !== undefined)
    return refuse(`a count cannot have ${operator}`, 'a count is one metric or a sum; other numbers belong under `value:`');
  const rate = terms.find(({ calls }) => calls.at(-1)?.name !== 'as_count');
  if (rate)
    return refuse(`${show(rate.metric)} is not read as a count`, 'write .as_count() at its end; other numbers belong under `value:`');
  const wrong = terms.find(({ aggregator }) => aggregator !== 'sum' && !aggregator.startsWith('count'));
  return wrong ? refuse(`${wrong.aggregator}: does not add the events of all hosts up`, `write sum:${wrong.metric}`) : null;
}

function valueProblem({ terms }: DatadogQuery): DatadogProblem | null {
  const split = terms.find(({ by }) => by.length > 0);
  return split
    ? refuse(`a value is one number, but by {${split.by.join(',')}} returns several`, 'remove it, and select with tags in the scope')
    : null;
}
