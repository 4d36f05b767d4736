import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Step, type StepResult, startStep } from './pipeline-shop.ts';

const ActionStep = z.object({
  id: z.string().optional(),
  if: z.string().optional(),
  shell: z.literal('sh'),
  run: z.string(),
  env: z.record(z.string(), z.string()),
});
const Action = z.object({
  inputs: z.record(z.string(), z.object({ default: z.string().optional(), required: z.boolean().optional() })),
  outputs: z.record(z.string(), z.object({ value: z.string() })),
  runs: z.object({ using: z.literal('composite'), steps: z.array(ActionStep) }),
});

type RunnerOptions = {
  /** The folder for the files of the job. */
  readonly folder: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** The contexts, by their names: `github.sha`. */
  readonly github: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Called when the step with this id runs; the job is canceled with what it returns. */
  readonly cancelIn?: { readonly id: string; readonly when: (step: Step) => Promise<void> };
};

export type ActionRun = {
  readonly results: ReadonlyMap<string, StepResult>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
};

/** Runs a composite action as a runner of GitHub does, as far as `action.yml` uses what such a runner has. */
export async function runAction(file: string, { folder, inputs, github, env, cancelIn }: RunnerOptions): Promise<ActionRun> {
  const action = Action.parse(parse(readFileSync(file, 'utf8')));
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(github)) known.set(`github.${name}`, value);
  const fill = (text: string) =>
    text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(evaluate(expression, known, isCanceled)));
  let isCanceled = false;
  for (const [name, { default: usual = '' }] of Object.entries(action.inputs)) known.set(`inputs.${name}`, inputs[name] ?? fill(usual));
  const results = new Map<string, StepResult>();
  const summaryFile = join(folder, 'summary');
  writeFileSync(summaryFile, '');
  let hasFailed = false;
  for (const [i, step] of action.runs.steps.entries()) {
    const id = step.id ?? `step${i}`;
    const condition = step.if ?? 'success()';
    const isAlways = /cancelled\(\)/.test(condition);
    if ((hasFailed || isCanceled) && !isAlways) continue;
    if (condition !== 'success()' && !evaluate(condition, known, isCanceled)) continue;
    const output = join(folder, `output-${id}`);
    const script = join(folder, `script-${id}`);
    writeFileSync(output, '');
    writeFileSync(script, step.run);
    const filled = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, fill(value)]));
    const files = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summaryFile, GITHUB_ACTION_PATH: dirname(file) };
    const started = startStep(['sh', '-e', script], { cwd: folder, env: { ...env, ...files, ...filled } });
    if (cancelIn?.id === id) {
      await cancelIn.when(started);
      isCanceled = true;
      started.signal('SIGINT');
    }
    const result = await started.ended;
    results.set(id, result);
    hasFailed ||= result.code !== 0;
    for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
      const at = line.indexOf('=');
      known.set(`steps.${id}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
    }
  }
  const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value)]));
  return { results, outputs, summary: readFileSync(summaryFile, 'utf8') };
}

/** An expression of names, texts, `==`, `!=`, `&&`, `||` and `cancelled()`. */
function evaluate(expression: string, known: ReadonlyMap<string, string>, isCanceled: boolean): string | boolean {
  const value = (text: string): string | boolean => {
    const word = text.trim();
    if (word === 'cancelled()') return isCanceled;
    if (/^'.*'$/.test(word)) return word.slice(1, -1);
    if (!/^(?:inputs|github|steps)\.[\w.-]+$/.test(word)) throw new Error(`the runner of the tests does not know the expression ${word}`);
    return known.get(word) ?? '';
  };
  const compared = (text: string): string | boolean => {
    const [, left = '', operator, right = ''] = /^(.*?)(==|!=)(.*)$/.exec(text) ?? [];
    return operator === undefined ? value(text) : (value(left) === value(right)) === (operator === '==');
  };
  const all = (text: string): string | boolean =>
    text
      .split('&&')
      .map(compared)
      .reduce((a, b) => (a ? b : a));
  return expression
    .split('||')
    .map(all)
    .reduce((a, b) => a || b);
}
