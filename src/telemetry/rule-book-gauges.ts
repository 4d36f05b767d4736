import { Gauge, type Registry } from 'prom-client';

/** The rule book as this server uses it: its version, whether the files here are older, and how many rule files are refused. */
export type RuleBookGauges = { readonly version: number; readonly isBehind: boolean; readonly refusedFiles: number };

/** Creates the gauges of the rule book, and returns what sets them. */
export function createRuleBookGauges(registers: Registry[]): (values: RuleBookGauges) => void {
  const version = new Gauge({
    name: 'bakewatch_rule_book_version',
    help: 'The version of the rule book that this server uses.',
    registers,
  });
  const behind = new Gauge({
    name: 'bakewatch_rule_book_behind',
    help: 'Whether the files of this server are older than the rule book: 1 or 0.',
    registers,
  });
  const refused = new Gauge({ name: 'bakewatch_rule_files_refused', help: 'Rule files that cannot be used.', registers });
  return (values) => {
    version.set(values.version);
    behind.set(values.isBehind ? 1 : 0);
    refused.set(values.refusedFiles);
  };
}
