import type { Command } from 'commander';
import type { ApiSchemas } from '../client/index.ts';
import { answerOf } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { say, sayJson } from './io.ts';

type DrillFlags = { readonly environment: string; readonly forReal?: boolean; readonly json?: boolean };

/** A drill for real takes two rollbacks. */
const timeoutMs = 35 * 60_000;

/** Adds `drill`: proves that the rollback of a service works. */
export function addDrillCommand(program: Command, { io, client, done }: CliDeps): void {
  program
    .command('drill')
    .description("prove a service's rollback without an incident")
    .argument('<service>', 'the service')
    .option('-e, --environment <name>', 'where it runs', 'production')
    .option('--for-real', 'roll back to the known-good release before the current one, and return')
    .option('--json', 'print the result as JSON')
    .action(async (service: string, { environment, forReal = false, json }: DrillFlags) => {
      const body = { service, environment, for_real: forReal };
      const answer = await answerOf(client().within(timeoutMs).POST('/v1/drills', { body }));
      if (json) sayJson(io, answer);
      else for (const line of linesOf(answer)) say(io, line);
      done(answer.ok ? 0 : 1);
    });
}

function linesOf({
  service,
  environment,
  hook,
  target,
  only_known_good: isOnly,
  for_real: forReal,
  ok,
  steps,
}: ApiSchemas['Drill']): readonly string[] {
  const what = forReal ? 'drill for real' : 'drill';
  const untried = `nothing failed, but ${target} is the only known-good release of ${service}, so no rollback to another one was rehearsed`;
  const result = forReal ? `${service} was rolled back, and returned` : `${service} can be rolled back to ${target}`;
  return [
    `${what} of ${service} in ${environment} with ${hook}`,
    ...steps.map((step) => `  ${step.ok ? 'ok    ' : 'FAILED'} ${step.name} (${(step.took_ms / 1000).toFixed(1)} s): ${step.detail}`),
    ok ? (isOnly ? untried : result) : `${service}: a rollback would not work now`,
  ];
}
