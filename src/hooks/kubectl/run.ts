import { EffectError } from '../../core/base/errors.ts';
import { maxOutputBytes } from '../../net/last-line.ts';
import { ProcessError, type ProcessResult, type RunProcess } from '../../net/process.ts';
import { secretsIn } from '../../net/variables.ts';
import type { OnOutput } from '../../ports/hook.ts';
import { type Dialect, failureOf, processFailureOf, type Step } from './failure.ts';

/** The cluster, and how to reach it. */
export type Access = {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly request_timeout: number;
  readonly env?: Readonly<Record<string, string>> | undefined;
};

/** One run of kubectl. `args` follow those that name the cluster. The default of `timeoutMs` is the timeout of one request. */
export type Command = Step & {
  readonly args: readonly string[];
  readonly timeoutMs?: number | undefined;
  readonly onOutput?: OnOutput | undefined;
};

/** kubectl, or a similar program, for one namespace of one cluster. Both methods throw `EffectError`. */
export type Kubectl = {
  /** Runs a command that must exit with 0. */
  run(command: Command, signal: AbortSignal): Promise<ProcessResult>;
  /** Runs with `--output=json` and parses the answer, which may hold secrets. */
  ask(command: Command, signal: AbortSignal): Promise<unknown>;
};

/** A history holds one pod template for each revision. */
const maxAnswerBytes = 16 * 1024 * 1024;

const kubectlDialect: Dialect = { name: 'kubectl', contextFlag: '--context', troubles: [], actsInSteps: false };

/** Runs kubectl with an argument vector, never through a shell, and names the cluster in every call. */
export function createKubectl(access: Access & { readonly kubectl: string }, run: RunProcess): Kubectl {
  return createClient({ ...kubectlDialect, program: access.kubectl }, access, run);
}

/** Runs a program that takes the same arguments for the cluster as kubectl. */
export function createClient(dialect: Dialect & { readonly program: string }, access: Access, run: RunProcess): Kubectl {
  const { kubeconfig, context, namespace, request_timeout, env = {} } = access;
  const where = [`--kubeconfig=${kubeconfig}`, `${dialect.contextFlag}=${context}`, `--namespace=${namespace}`];
  const secrets = secretsIn(env);
  const perform = async (command: Command, wantsAnswer: boolean, signal: AbortSignal) => {
    const request = {
      argv: [dialect.program, ...where, ...command.args] as const,
      env,
      timeoutMs: command.timeoutMs ?? request_timeout,
      maxOutputBytes: wantsAnswer ? maxAnswerBytes : maxOutputBytes,
      secrets,
      wantsAnswer,
      onOutput: command.onOutput,
    };
    const result = await run(request, signal).catch((error: unknown) => {
      throw error instanceof ProcessError ? processFailureOf(error, command) : error;
    });
    if (result.exitCode === 0) return result;
    throw failureOf(result, command, dialect);
  };
  return {
    run: (command, signal) => perform(command, false, signal),
    ask: async (command, signal) => {
      const [verb = '', ...rest] = command.args;
      const { answer } = await perform({ ...command, args: [verb, '--output=json', ...rest] }, true, signal);
      return parseJson(answer?.reveal() ?? '', `${command.what}: ${dialect.name}`);
    },
  };
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of the JSON parser quotes the text, which may hold secrets.
    throw new EffectError('unreachable', `${what} printed text that is not JSON or is too long`);
  }
}
