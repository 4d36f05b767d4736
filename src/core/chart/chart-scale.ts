import type { CheckRule } from '../rules/rule-set.ts';
import { unitOf } from '../rules/unit-of.ts';
import { formatCount, formatValue } from '../series/format-value.ts';

/** How values are shown in a chart. `unit`: as `formatValue` reads it. `times`: from the unit of readings to the unit of the chart. */
export type ChartScale = { readonly unit: string; readonly times: number };

/** The scale of a check's chart. Shares are percentages. Events are shown per second, or per minute where they are rarer than one a second. */
export function scaleOf(rule: CheckRule, highest: number): ChartScale {
  const { question } = rule;
  switch (question.kind) {
    case 'ratio':
    case 'latency':
      return { unit: '%', times: 100 };
    case 'rate': {
      const noun = unitOf(rule).value;
      if (question.exposure !== undefined) return { unit: noun, times: 1 };
      return highest < 1 ? { unit: `${noun}/minute`, times: 60 } : { unit: `${noun}/second`, times: 1 };
    }
    case 'value':
      return { unit: unitOf(rule).value, times: 1 };
  }
}

/** Formats a value of a chart: "70.5 %", "149 MB", "47.1/min". What is counted per second or minute stands in the title. */
export function formatInChart(unit: string, value: number): string {
  const [amount = '', per] = unit.split('/');
  const short = per === 'second' ? 's' : per === 'minute' ? 'min' : null;
  if (short === null) return formatValue(unit, value);
  return `${isMeasure(amount) ? formatValue(amount, value) : formatCount(value)}/${short}`;
}

/** Formats a tick of the value axis. A noun would make the axis wide. */
export function formatTick(unit: string, value: number): string {
  return isMeasure(unit) ? formatValue(unit, value) : formatCount(value);
}

/** Whether a unit changes how a number is written; other units are nouns. */
function isMeasure(unit: string): boolean {
  return /^(?:share|%|bytes|celsius|(?:milli|micro|nano)?seconds)$/.test(unit);
}

/** The title of a check's chart: its name, and what the values are. `bound`: above which requests count as slow. */
export function titleOf(rule: CheckRule, { unit }: ChartScale, bound: number | null): string {
  const { name, question } = rule;
  const known = unitOf(rule);
  switch (question.kind) {
    case 'ratio':
      // What counts as `bad` need not be a failure where less of it is worse, such as hits of a cache.
      return `${name}: share of ${rule.direction === 'up' ? 'failed' : 'counted'} ${known.samples}`;
    case 'rate':
      return `${name}: ${question.exposure ? `${known.value} per unit of exposure` : unit.replace('/', ' per ')}`;
    case 'latency':
      return `${name}: share of ${known.samples} ${slowerThan(known.bound, bound)}`;
    case 'value':
      return name;
  }
}

/** "slower than 50 ms"; of a histogram of sizes "above 1 MB". */
function slowerThan(unit: string, bound: number | null): string {
  return `${unit.endsWith('seconds') ? 'slower than' : 'above'} ${bound === null ? 'allowed' : formatValue(unit, bound)}`;
}
