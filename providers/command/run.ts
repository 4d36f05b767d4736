import { ProviderError } from '../../src/core/base/errors.ts';
import { lastLine } from '../../src/net/last-line.ts';
import { ProcessError, type ProcessRequest, type ProcessResult } from '../../src/net/process.ts';
import { secretsIn } from '../../src/net/variables.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { createCoalescer } from '../coalesce.ts';
import type { ProviderDeps } from '../deps.ts';
import { readAnswer } from '../reading.ts';
import { assertNow, fillTimes, plannedQuery } from '../reading-query.ts';
import { type ProgramChoice, readCall } from './call.ts';
import type { ProgramSettings } from './options.ts';

const maxOutputBytes = 1_048_576;

/** Creates the provider. Two checks of one tick that differ only in their JSONPath share one run, so that a pair of counts comes from one answer. */
export function createCommand(settings: ProgramSettings, { http, run }: ProviderDeps): MetricsProvider {
  const { timeout, env, settle } = settings;
  const secrets = secretsIn(env);
  const shared = createCoalescer<string>({ keepMs: 5_000, maxWeight: 16_777_216, weigh: (text) => text.length });
  const perform = async (request: Pick<ProcessRequest, 'argv' | 'cwd' | 'env'>, signal: AbortSignal): Promise<string> => {
    const [program] = request.argv;
    const result = await run({ ...request, timeoutMs: timeout, maxOutputBytes, secrets, wantsAnswer: true }, signal).catch(
      (error: unknown) => {
        throw providerErrorOf(error, signal);
      },
    );
    if (result.exitCode !== 0) throw new ProviderError('unavailable', `${program} ${endOf(result)}${lastLine(result.output)}`);
    if (result.answer === undefined) throw new ProviderError('bad_response', `${program} printed more than ${maxOutputBytes} bytes`);
    return result.answer.reveal();
  };
  return {
    fetchSeries: async (asked, signal) => {
      const { query, plan } = plannedQuery(asked);
      assertNow({ ...plan, target: '' }, query.window, { now: (http.now ?? Date.now)(), settleMs: settle });
      const call = readCall(plan.target, settings, 'filled');
      if (!call.ok) throw new ProviderError('bad_query', call.problem);
      const fill = (text: string): string => fillTimes(text, plan, query.window);
      const { argv, cwd } = withTimes(call, fill);
      const tick = { BAKEWATCH_FROM: fill('{from}'), BAKEWATCH_TO: fill('{to}'), BAKEWATCH_STEP: fill('{step}') };
      const key = JSON.stringify([argv, cwd, plan.form, query.window]);
      const text = await shared.get(key, signal, (stop) => perform({ argv, cwd, env: { ...env, ...tick } }, stop));
      return readAnswer(text, { plan, query, stampsBegin: false });
    },
    ping: async (signal) => {
      const check = settings.ping === undefined ? undefined : settings.commands[settings.ping];
      if (check) await perform({ argv: check.argv, cwd: check.cwd, env }, signal);
    },
  };
}

function withTimes({ argv: [program, ...rest], cwd }: Extract<ProgramChoice, { ok: true }>, fill: (text: string) => string) {
  return { argv: [program, ...rest.map(fill)], cwd } as const;
}

function endOf({ exitCode, signalName }: ProcessResult): string {
  return exitCode === null ? `was killed by ${signalName}` : `exited with ${exitCode}`;
}

function providerErrorOf(error: unknown, signal: AbortSignal): unknown {
  if (!(error instanceof ProcessError)) return error;
  if (error.kind === 'timeout' || signal.aborted) return new ProviderError('timeout', `${error.message}${lastLine(error.output)}`);
  return new ProviderError('bad_query', error.message);
}
