import type { Answer } from '../core/answer.ts';
import type { BoundCheck } from '../core/check.ts';
import { formatDuration } from '../core/duration.ts';
import { AppError, ProviderError } from '../core/errors.ts';
import type { Phase } from '../core/measurement.ts';
import { type QueryValues, renderQuery } from '../core/render-query.ts';
import type { CheckRule, Source } from '../core/rule-set.ts';
import type { Ticks } from '../core/series.ts';
import { ticksFrom } from '../core/ticks-from-answer.ts';
import type { Window } from '../core/window.ts';
import type { SeriesQuery } from '../ports/provider.ts';
import type { ProviderInstance, Providers } from '../ports/providers.ts';
import type { DeployRecord } from '../ports/store.ts';

/** A check's question about one deploy: what is filled in, and which matchers tell the canary from the stable release. */
export type Question = {
  readonly rule: CheckRule;
  readonly text: string;
  readonly values: QueryValues;
  readonly canary: string;
  readonly stable: string | null;
};

/** Asks a question about a window: the new release's ticks, and the old one's beside it where there is a control. Throws `ProviderError`. */
export type Asker = (
  question: Question,
  window: Window,
  signal: AbortSignal,
) => Promise<{ readonly ticks: Ticks; readonly control: Ticks | null }>;

/** Counters are looked at this long before a window, to know what each had reached, and which instances were there. */
const lookbackMs = 300_000;

/** What a check asks about a deploy. After a rollback there is no canary any more: everything is asked about together. */
export function questionFor({ deploy, ruleSet, plan }: DeployRecord, check: BoundCheck, phase: Phase): Question {
  const { rule } = check;
  const values = {
    service: deploy.service,
    environment: deploy.environment,
    version: deploy.release.version,
    commit: deploy.release.commit,
    known_good: plan.knownGood,
  };
  const control = phase === 'baking' ? ruleSet.control : null;
  const text = sourcesOf(rule)
    .map(([name, source]) => `${name}: ${'selector' in source ? source.selector : source.query}`)
    .join('\n');
  if (control === null) return { rule, text, values, canary: '', stable: null };
  return { rule, text, values, canary: control.canary, stable: plan.knownGood === null ? null : control.stable };
}

/** All that an answer about the past depends on: the provider, the queries as they are sent, and the step. */
export function sourceOf({ rule, values }: Question, stepMs: number): string {
  const filled = { ...values, step: formatDuration(stepMs), matchers: '' };
  const queries = sourcesOf(rule).map(
    ([name, source]) => `${name}: ${render('selector' in source ? source.selector : source.query, filled)}`,
  );
  return [`${rule.provider} every ${filled.step}`, ...queries].join('\n');
}

/** Asks with exact increments of raw counters, as a bake's own ticks need. */
export function createAsker(providers: Providers): Asker {
  return async (question, window, signal) => {
    const instance = instanceOf(providers, question.rule);
    const [ticks, control] = await Promise.all([
      askTicks({ instance, question, matchers: question.canary, isExact: true }, window, signal),
      question.stable === null ? null : askTicks({ instance, question, matchers: question.stable, isExact: true }, window, signal),
    ]);
    return { ticks, control };
  };
}

/** Asks for a long past, added up by the server. */
export function askHistory(providers: Providers, question: Question, window: Window, signal: AbortSignal): Promise<Ticks> {
  return askTicks({ instance: instanceOf(providers, question.rule), question, matchers: '', isExact: false }, window, signal);
}

type Asking = { readonly instance: ProviderInstance; readonly question: Question; readonly matchers: string; readonly isExact: boolean };

async function askTicks(asking: Asking, window: Window, signal: AbortSignal): Promise<Ticks> {
  const { rule } = asking.question;
  const entries = await Promise.all(
    sourcesOf(rule).map(
      async ([name, source]): Promise<[string, Answer]> => [
        name,
        await asking.instance.provider.fetchSeries(queryFor(asking, source, window), signal),
      ],
    ),
  );
  return ticksFrom(rule.question.kind, Object.fromEntries(entries), { window, lookbackMs });
}

function queryFor({ question, matchers, isExact }: Asking, source: Source, window: Window): SeriesQuery {
  const { rule } = question;
  const values = { ...question.values, step: formatDuration(window.stepMs) };
  const filled = render(matchers, values);
  if ('query' in source) {
    return {
      form: rule.question.kind === 'value' ? 'gauge' : 'events',
      query: render(source.query, { ...values, matchers: filled }),
      window,
    };
  }
  const query = render(source.selector, values);
  if (isExact) return { form: 'counter', query, matchers: filled, window, lookbackMs };
  return { form: 'increase', query, matchers: filled, window, by: rule.question.kind === 'latency' ? ['le'] : [] };
}

function render(text: string, values: QueryValues): string {
  try {
    return renderQuery(text, values);
  } catch (error) {
    if (error instanceof AppError) throw new ProviderError('bad_query', error.message, { cause: error });
    throw error;
  }
}

function sourcesOf({ question }: CheckRule): readonly (readonly [string, Source])[] {
  switch (question.kind) {
    case 'ratio':
      return [
        ['bad', question.bad],
        ['total', question.total],
      ];
    case 'rate':
      return question.exposure
        ? [
            ['count', question.count],
            ['exposure', question.exposure],
          ]
        : [['count', question.count]];
    case 'latency':
      return [['buckets', question.buckets]];
    case 'value':
      return [['value', { query: question.query }]];
  }
}

function instanceOf(providers: Providers, rule: CheckRule): ProviderInstance {
  const instance = providers.get(rule.provider);
  if (instance === undefined)
    throw new ProviderError('bad_query', `there is no provider ${rule.provider} any more; the rules of this deploy name it`);
  return instance;
}
