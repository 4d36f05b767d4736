import type { ProposedCheck, ServiceProposal } from '../core/rules/proposal.ts';
import type { QuerySource, Question } from '../core/rules/rule-set.ts';

export type ProposalContext = { readonly provider: string; readonly environment: string };

/**
 * The text of a rule file for a proposal. Shares of errors and durations are judged by the service's own past. Fewer requests alone do not fail a bake: most
 * of the time it is the hour.
 */
export function writeProposal({ service, environment, checks }: ServiceProposal, context: ProposalContext): string {
  const lines = [
    `# Proposed by what ${context.provider} has. Nothing is rolled back before you name a hook below.`,
    'rules: 1',
    `service: ${plain(service)}`,
    `environment: ${plain(environment ?? context.environment)}`,
    'bake: { for: 15m, every: 15s, warmup: 30s, extend: 15m }',
    'checks:',
    ...checks.flatMap((check) => checkLines(check, context.provider)),
    '# rollback: { hook: the name of a hook in the config }',
    '# notify: [the names of notifiers in the config]',
  ];
  return `${lines.join('\n')}\n`;
}

function checkLines({ name, question, from }: ProposedCheck, provider: string): readonly string[] {
  return [`  ${name}: # ${from}`, `    provider: ${provider}`, ...questionLines(question).map((line) => `    ${line}`)];
}

function questionLines(question: Question): readonly string[] {
  switch (question.kind) {
    case 'ratio':
      if ('probe' in question) throw new Error('no probe is proposed');
      return [
        'ratio:',
        `  bad: ${textOf(question.bad)}`,
        `  total: ${textOf(question.total)}`,
        'fail_when:',
        '  - { above: 25%, for: 2 of 3 }',
        '  - regression # worse than its past, by more than the past varies',
      ];
    case 'latency':
      return [`latency: ${textOf(question.buckets)}`, 'fail_when:', '  - regression: { tolerance: 50% }'];
    case 'rate':
      return [`rate: ${textOf(question.count)}`, 'fail_when:', '  - drop: { tolerance: 50% }', 'critical: false'];
    case 'value':
      if ('alert' in question) throw new Error('no alert is proposed');
      return [`value: ${quoted(question.query)}`];
  }
}

function textOf(source: QuerySource): string {
  return quoted('selector' in source ? source.selector : source.query);
}

/** A name as people would write it. YAML reads some words, and everything that looks like a number, as something else. */
function plain(name: string): string {
  return /^[A-Za-z][A-Za-z0-9-]{3,}$/.test(name) && !/^(true|false|null)$/i.test(name) ? name : JSON.stringify(name);
}

/** In single quotes, YAML takes every character as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
