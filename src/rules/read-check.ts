import { didYouMean } from '../core/base/did-you-mean.ts';
import type { CheckRule, Question, QuerySource as SourceType } from '../core/rules/rule-set.ts';
import { type CheckContext, type RulesContext, unknownInstance } from './context.ts';
import type { Cursor } from './cursor.ts';
import { readConditions } from './read-conditions.ts';
import { readProbeCheck } from './read-probe-check.ts';
import { Check, Ratio, Source } from './rule-file.ts';
import { queryProblems, type SelectorContext, selectorProblems } from './selectors.ts';

type QuestionKind = Question['kind'];

const kinds = ['ratio', 'rate', 'latency', 'value'] as const satisfies readonly QuestionKind[];
const defaultMinSamples: Readonly<Record<QuestionKind, number>> = { ratio: 20, latency: 20, rate: 1, value: 1 };

/** Reads one check; `null` where it is so wrong that it asks nothing. Everything wrong is reported. */
export function readCheck(cursor: Cursor, name: string, scene: CheckContext): CheckRule | null {
  if (!cursor.isMapOf(Object.keys(Check.shape))) return null;
  if (cursor.at('probe').isPresent) return readProbeCheck(cursor, name, scene);
  const provider = readProvider(cursor.at('provider'), scene.context);
  const known = provider === undefined ? undefined : scene.context.providers?.get(provider);
  const asked = kinds.filter((kind) => cursor.at(kind).isPresent);
  const questions = asked.map((kind) => readQuestion(cursor, { kind, provider: known, hasControl: scene.hasControl }));
  const kind = onlyKind(asked, cursor);
  const { failWhen, ways } = readConditions(cursor.at('fail_when'), kind, scene);
  const minSamples = cursor.at('min_samples').take(Check.shape.min_samples);
  const direction = readDirection(cursor.at('direction'), ways, kind);
  const critical = cursor.at('critical').take(Check.shape.critical) ?? true;
  const question = questions[0] ?? null;
  if (kind === null || question === null) return null;
  return { name, provider: provider ?? '', question, direction, failWhen, minSamples: minSamples ?? defaultMinSamples[kind], critical };
}

function readProvider(cursor: Cursor, { providers, isPartial }: RulesContext): string | undefined {
  if (!cursor.isPresent) {
    cursor.problem('is required', providers === undefined ? undefined : didYouMean('', [...providers.keys()], 'defined'));
    return undefined;
  }
  const name = cursor.take(Check.shape.provider);
  const unknown = name === undefined || isPartial ? null : unknownInstance('provider', name, providers);
  if (unknown) cursor.problem(...unknown);
  return name;
}

function onlyKind([first, second]: readonly QuestionKind[], cursor: Cursor): QuestionKind | null {
  if (first === undefined) cursor.keyProblem('the check asks nothing', 'give it one of ratio, rate, latency, value or probe');
  if (second !== undefined) {
    cursor.at(second).keyProblem(`a check asks one thing, and this one already has ${first}`, 'make it two checks');
    return null;
  }
  if (first !== 'rate' && cursor.at('exposure').isPresent) {
    cursor.at('exposure').keyProblem('stands only beside `rate`', first === 'ratio' ? 'a ratio has `total`' : undefined);
  }
  return first ?? null;
}

function readQuestion(cursor: Cursor, asking: SelectorContext): Question | null {
  const { kind } = asking;
  switch (kind) {
    case 'ratio': {
      if (!cursor.at('ratio').isMapOf(Object.keys(Ratio.shape))) return null;
      const bad = readSource(cursor.at('ratio').at('bad'), asking);
      const total = readSource(cursor.at('ratio').at('total'), asking);
      return bad && total && { kind, bad, total };
    }
    case 'rate': {
      const count = readSource(cursor.at('rate'), asking);
      const exposure = cursor.at('exposure').isPresent ? readSource(cursor.at('exposure'), asking) : null;
      return count && { kind, count, ...(exposure && { exposure }) };
    }
    case 'latency': {
      const buckets = readSource(cursor.at('latency'), asking);
      if (buckets && 'selector' in buckets) bucketProblem(cursor.at('latency'), buckets.selector);
      return buckets && { kind, buckets };
    }
    case 'value': {
      const written = cursor.at('value').take(Source);
      if (written === undefined) return null;
      const query = typeof written === 'string' ? written : written.query;
      queryProblems(typeof written === 'string' ? cursor.at('value') : cursor.at('value').at('query'), query, asking);
      return { kind, query };
    }
  }
}

/** Only the buckets of a histogram tell how many requests were slow, not its bare name, its sum or its count. Other names may be those of recording rules. */
function bucketProblem(cursor: Cursor, selector: string): void {
  const [, metric] = /^\s*([a-zA-Z_]\w*)\s*(?:\{|$)/.exec(selector) ?? [];
  if (metric === undefined || !/_(seconds|milliseconds|duration|sum|count)$/.test(metric)) return;
  cursor.problem(`${metric} holds no buckets`, `write ${metric.replace(/_(sum|count)$/, '')}_bucket`);
}

function readSource(cursor: Cursor, asking: SelectorContext): SourceType | null {
  const written = cursor.take(Source);
  if (written === undefined) return null;
  if (typeof written === 'string') {
    selectorProblems(cursor, written, asking);
    return { selector: written };
  }
  queryProblems(cursor.at('query'), written.query, asking);
  return { query: written.query };
}

/** Of a share that is counted as bad, and of time, more is worse; of other numbers nobody can know. */
function defaultDirection(kind: QuestionKind | null): CheckRule['direction'] {
  return kind === 'rate' || kind === 'value' ? 'both' : 'up';
}

function readDirection(cursor: Cursor, ways: ReadonlySet<'up' | 'down'>, kind: QuestionKind | null): CheckRule['direction'] {
  const written = cursor.take(Check.shape.direction);
  if (ways.size === 0) return written ?? defaultDirection(kind);
  const derived = ways.has('up') && ways.has('down') ? 'both' : ways.has('down') ? 'down' : 'up';
  if (written === undefined || written === 'both' || written === derived) return written ?? derived;
  cursor.problem(
    `\`fail_when\` says that ${derived === 'both' ? 'both ways are' : `${derived} is`} worse, not ${written}`,
    'leave `direction` out',
  );
  return written;
}
