import { type CheckUnit, defaultUnit } from '../series/check-unit.ts';
import { guessEventUnit, guessNoun, guessUnit } from './guess-unit.ts';
import type { CheckRule, QuerySource } from './rule-set.ts';

/** Short and singular forms of the units that `formatValue` knows. */
const aliases: Readonly<Record<string, string>> = {
  s: 'seconds',
  sec: 'seconds',
  second: 'seconds',
  ms: 'milliseconds',
  millisecond: 'milliseconds',
  us: 'microseconds',
  microsecond: 'microseconds',
  ns: 'nanoseconds',
  nanosecond: 'nanoseconds',
  b: 'bytes',
  byte: 'bytes',
  percent: '%',
  ratio: 'share',
  fraction: 'share',
};
/** Units that are no nouns: events cannot be counted in them. */
const measures: ReadonlySet<string> = new Set(['share', '%', 'celsius', 'bytes', ...Object.values(aliases)]);

/** The unit of a check: what its rule says, or else a guess from the names of its metrics. */
export function unitOf({ question, unit }: Pick<CheckRule, 'question' | 'unit'>): CheckUnit {
  const known = defaultUnit(question.kind);
  const written = unit === undefined ? '' : canonical(unit);
  const noun = measures.has(written) || written.includes('/') ? '' : written;
  switch (question.kind) {
    case 'ratio':
      return { ...known, samples: noun || ('probe' in question ? 'attempts' : guessNoun(textOf(question.total)) || known.samples) };
    case 'latency': {
      const bound = written !== noun ? written : guessUnit(textOf(question.buckets));
      return { ...known, samples: noun || known.samples, bound: bound || known.bound };
    }
    case 'rate':
      return { ...known, value: written || guessEventUnit(textOf(question.count)) || known.value };
    case 'value':
      return { ...known, value: written || ('alert' in question ? 'seconds' : guessUnit(question.query)) };
  }
}

function canonical(unit: string): string {
  const [amount = '', ...per] = unit.split('/');
  return [aliases[amount.toLowerCase()] ?? amount, ...per].join('/');
}

function textOf(source: QuerySource): string {
  return 'selector' in source ? source.selector : source.query;
}
