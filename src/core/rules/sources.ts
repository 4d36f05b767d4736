import { describeAlerts } from './alert.ts';
import { describeTarget } from './probe.ts';
import type { QuerySource, Question } from './rule-set.ts';

/** A selector or query of a question, with its name: `bad` and `total`, `count` and maybe `exposure`, `buckets`, or `value`. */
export type NamedSource = { readonly name: string; readonly source: QuerySource };

/** The sources of a question, as they are asked. A probe and a question about alerts have none. */
export function sourcesOf(question: Question): readonly NamedSource[] {
  if ('probe' in question || 'alert' in question) return [];
  switch (question.kind) {
    case 'ratio':
      return [
        { name: 'bad', source: question.bad },
        { name: 'total', source: question.total },
      ];
    case 'rate': {
      const count = { name: 'count', source: question.count };
      return question.exposure ? [count, { name: 'exposure', source: question.exposure }] : [count];
    }
    case 'latency':
      return [{ name: 'buckets', source: question.buckets }];
    case 'value':
      return [{ name: 'value', source: { query: question.query } }];
  }
}

/** The text of a source, with its placeholders. */
export function textOf(source: QuerySource): string {
  return 'selector' in source ? source.selector : source.query;
}

/** The text of a question, with its placeholders: what a measurement says was asked. */
export function questionText(question: Question): string {
  if ('probe' in question) return describeTarget(question.probe.target);
  if ('alert' in question) return describeAlerts(question.alert);
  return sourcesOf(question)
    .map(({ name, source }) => `${name}: ${textOf(source)}`)
    .join('\n');
}
