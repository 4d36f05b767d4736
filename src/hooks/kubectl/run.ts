import { EffectError } from '../../core/base/errors.ts';
import { maxOutputBytes } from '../../net/last-line.ts';
import { ProcessError, type ProcessResult, type RunProcess } from '../../net/process.ts';
import type { OnOutput } from '../../ports/hook.ts';
import { secretsIn } from '../variables.ts';
import { type Dialect, failureOf, type Step, stoppedOf } from './failure.ts';

/** Which cluster, and how to get at it. */
export type Access = {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly request_timeout: number;
  readonly env?: Readonly<Record<string, string>> | undefined;
};

/** One run of kubectl: its arguments after those that name the cluster. `timeoutMs` where it may take longer than a question. */
export type Command = Step & {
  readonly args: readonly string[];
  readonly timeoutMs?: number | undefined;
  readonly onOutput?: OnOutput | undefined;
};

/** kubectl, or a program like it, in one namespace of one cluster. Both throw `EffectError`. */
export type Kubectl = {
  /** Runs to exit code 0. */
  run(command: Command, signal: AbortSignal): Promise<ProcessResult>;
  /** Runs with `--output=json` and parses what it prints, which may hold secrets. */
  ask(command: Command, signal: AbortSignal): Promise<unknown>;
};

/** The answer about a history holds a pod template for each revision. */
const maxAnswerBytes = 16 * 1024 * 1024;

const plain: Dialect = { name: 'kubectl', contextFlag: '--context', troubles: [], actsInSteps: false };

/** Runs the operator's kubectl: an argument vector, never a shell, with the cluster named in every call. */
export function createKubectl(access: Access & { readonly kubectl: string }, run: RunProcess): Kubectl {
  return createClient({ ...plain, program: access.kubectl }, access, run);
}

/** Runs a program that is told the cluster as kubectl is. */
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
      throw error instanceof ProcessError ? stoppedOf(error, command) : error;
    });
    if (result.exitCode === 0) return result;
    throw failureOf(result, command, dialect);
  };
  return {
    run: (command, signal) => perform(command, false, signal),
    ask: async (command, signal) => {
      const [verb = '', ...rest] = command.args;
      const { answer } = await perform({ ...command, args: [verb, '--output=json', ...rest] }, true, signal);
      return parsed(answer?.reveal() ?? '', `${command.what}: ${dialect.name}`);
    },
  };
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of a parser quotes the text, which may hold secrets.
    throw new EffectError('unreachable', `${what} printed something that is no JSON, or too much of it`);
  }
}
