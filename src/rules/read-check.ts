import type { CheckRule, Question } from '../core/rules/rule-set.ts';
import type { Cursor } from './cursor.ts';
import { queryProblems, type SelectorContext } from './query-problems.ts';
import { Source } from './ratio-file.ts';
import { readAlertCheck } from './read-alert-check.ts';
import { comparesWithPast, readConditions } from './read-conditions.ts';
import { readProbeCheck } from './read-probe-check.ts';
import { readProvider } from './read-provider.ts';
import { readSloCheck } from './read-slo-check.ts';
import { readRatio, readSource } from './read-source.ts';
import { readSplit } from './read-split.ts';
import { readUnless } from './read-unless.ts';
import { Check } from './rule-file.ts';
import type { CheckContext } from './rules-context.ts';

type QuestionKind = Question['kind'];

const kinds = ['ratio', 'rate', 'latency', 'value'] as const satisfies readonly QuestionKind[];
const defaultMinSamples: Readonly<Record<QuestionKind, number>> = { ratio: 20, latency: 20, rate: 1, value: 1 };

/** Reads one check and reports its problems. Returns `null` if the check measures nothing. */
export function readCheck(cursor: Cursor, name: string, checkContext: CheckContext): CheckRule | null {
  if (!cursor.isMapOf(Object.keys(Check.shape))) return null;
  if (cursor.at('probe').isPresent) return readProbeCheck(cursor, name, checkContext);
  if (cursor.at('slo').isPresent) return readSloCheck(cursor, name, checkContext);
  if (cursor.at('alert').isPresent) return readAlertCheck(cursor, name, checkContext);
  const provider = readProvider(cursor.at('provider'), checkContext.context);
  const knownProvider = provider === undefined ? undefined : checkContext.context.providers?.get(provider);
  const writtenKinds = kinds.filter((kind) => cursor.at(kind).isPresent);
  const { hasControl, bake } = checkContext;
  const kind = onlyKind(writtenKinds, cursor);
  const { failWhen, ways } = readConditions(cursor.at('fail_when'), kind, checkContext);
  const queryContext = { needsPast: comparesWithPast(failWhen, bake), provider: knownProvider, hasControl, stepMs: bake.everyMs };
  const questions = writtenKinds.map((kind) => readQuestion(cursor, { kind, ...queryContext }));
  const { needsPast } = queryContext;
  const by = readSplit(cursor, { kind, question: questions[0] ?? null, provider: knownProvider, needsPast });
  const minSamples = cursor.at('min_samples').take(Check.shape.min_samples);
  const direction = readDirection(cursor.at('direction'), ways, kind);
  const critical = cursor.at('critical').take(Check.shape.critical) ?? true;
  const more = readReservations(cursor);
  const question = questions[0] ?? null;
  if (kind === null || question === null) return null;
  const samples = minSamples ?? defaultMinSamples[kind];
  return {
    name,
    provider: provider ?? '',
    question,
    ...(by !== undefined && { by }),
    direction,
    failWhen,
    minSamples: samples,
    critical,
    ...more,
  };
}

/** Reads what an owner adds to a check: its unit, and when it does not count. */
function readReservations(cursor: Cursor): Pick<CheckRule, 'unit' | 'neverSeen' | 'unless'> {
  const unit = cursor.at('unit').take(Check.shape.unit);
  const neverSeen = cursor.at('never_seen').take(Check.shape.never_seen);
  const unless = readUnless(cursor.at('unless'));
  return { ...(unit !== undefined && { unit }), ...(neverSeen && { neverSeen }), ...(unless && { unless }) };
}

function onlyKind([first, second]: readonly QuestionKind[], cursor: Cursor): QuestionKind | null {
  if (first === undefined) cursor.keyProblem('the check measures nothing', 'add one of ratio, rate, latency, value, probe, slo or alert');
  if (second !== undefined) {
    cursor.at(second).keyProblem(`a check measures one thing, and this one already has ${first}`, 'write two checks');
    return null;
  }
  if (first !== 'rate' && cursor.at('exposure').isPresent) {
    cursor.at('exposure').keyProblem('works only together with `rate`', first === 'ratio' ? 'a ratio has `total`' : undefined);
  }
  return first ?? null;
}

function readQuestion(cursor: Cursor, context: SelectorContext): Question | null {
  const { kind } = context;
  switch (kind) {
    case 'ratio': {
      return readRatio(cursor.at('ratio'), context);
    }
    case 'rate': {
      const count = readSource(cursor.at('rate'), context);
      const exposure = cursor.at('exposure').isPresent ? readSource(cursor.at('exposure'), context) : null;
      return count && { kind, count, ...(exposure && { exposure }) };
    }
    case 'latency': {
      const buckets = readSource(cursor.at('latency'), context);
      if (buckets && 'selector' in buckets) bucketProblem(cursor.at('latency'), buckets.selector);
      return buckets && { kind, buckets };
    }
    case 'value': {
      const written = cursor.at('value').take(Source);
      if (written === undefined) return null;
      const query = typeof written === 'string' ? written : written.query;
      queryProblems(typeof written === 'string' ? cursor.at('value') : cursor.at('value').at('query'), query, context);
      return { kind, query };
    }
  }
}

/** Only the buckets of a histogram say how many requests were slow, not its sum or its count. Its base name may be a native histogram; others, a recording rule. */
function bucketProblem(cursor: Cursor, selector: string): void {
  const [, metric] = /^\s*([a-zA-Z_]\w*)\s*(?:\{|$)/.exec(selector) ?? [];
  if (metric === undefined) return;
  if (/_(sum|count)$/.test(metric)) cursor.problem(`${metric} has no buckets`, `write ${metric.replace(/_(sum|count)$/, '')}_bucket`);
  if (/_(seconds|milliseconds|duration)$/.test(metric))
    cursor.note(`${metric} is read as a native histogram; a classic one is ${metric}_bucket`);
}

/** For a share of bad events and for a latency, more is worse. For any other number it is unknown. */
function defaultDirection(kind: QuestionKind | null): CheckRule['direction'] {
  return kind === 'rate' || kind === 'value' ? 'both' : 'up';
}

function readDirection(cursor: Cursor, ways: ReadonlySet<'up' | 'down'>, kind: QuestionKind | null): CheckRule['direction'] {
  const written = cursor.take(Check.shape.direction);
  if (ways.size === 0) return written ?? defaultDirection(kind);
  const derived = ways.has('up') && ways.has('down') ? 'both' : ways.has('down') ? 'down' : 'up';
  if (written === undefined || written === 'both' || written === derived) return written ?? derived;
  cursor.problem(
    `\`fail_when\` says that ${derived === 'both' ? 'both directions are' : `${derived} is`} worse, not ${written}`,
    'remove `direction`',
  );
  return written;
}
