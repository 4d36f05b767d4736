import { formatDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import { answerOf, type Client, type DeployAnswer } from './client.ts';
import { conclusionOf } from './deploy-words.ts';
import { exitCodeOf, timeoutExitCode } from './exit-codes.ts';
import { type Io, note, say, sayJson } from './io.ts';
import { createProgress, detailOf } from './progress.ts';

export type WaitOptions = {
  readonly id: string;
  readonly timeoutMs: number | null;
  /** Prints the deploy as JSON at the end, and no progress. */
  readonly json: boolean;
  /** Prints the whole answer of each check at every change. */
  readonly verbose?: boolean;
  /** Stops with success as soon as every critical check has ruled out harm. */
  readonly untilClear?: boolean;
};

/** How long an unavailable server is retried: it may be restarting. */
const restartTimeoutMs = 300_000;
const pollMs = 30_000;
const pauseMs = 2_000;
/** How often the output of a running hook is fetched. */
const outputMs = 2_000;

/** Waits until the bake is final, and prints what changed for people. Returns the exit code. */
export async function waitFor(
  client: Client,
  io: Io,
  { id, timeoutMs, json, verbose = false, untilClear = false }: WaitOptions,
): Promise<number> {
  const startedAt = io.now();
  const printOutput = json ? () => {} : createOutputPrinter(io);
  const print = json ? () => {} : createPrinter(io, { startedAt, verbose });
  let after = -1;
  let maxPollMs = pollMs;
  for (;;) {
    const leftMs = timeoutMs === null ? maxPollMs : startedAt + timeoutMs - io.now();
    if (leftMs <= 0) {
      note(io, `stopped waiting after ${formatDuration(timeoutMs ?? 0)}; the bake goes on`);
      return timeoutExitCode;
    }
    const deploy = await fetchNext(client, io, { id, after, untilClear, ms: Math.min(maxPollMs, leftMs) });
    after = deploy.bake_version;
    // The last output of the hook comes before the result of the rollback.
    if (deploy.state !== 'rolling_back') printOutput(deploy);
    print(deploy);
    if (deploy.state === 'rolling_back') printOutput(deploy);
    maxPollMs = deploy.state === 'rolling_back' ? outputMs : pollMs;
    const isClear = untilClear && isClearNow(deploy);
    if (!deploy.final && !isClear) continue;
    if (json) sayJson(io, deploy);
    else for (const text of deploy.final ? conclusionOf(deploy) : [clearLine(deploy), `  ${deploy.url}`]) say(io, text);
    return deploy.final ? exitCodeOf(deploy.state) : 0;
  }
}

/** Whether every critical check has ruled out harm, and nothing bad was found since. */
function isClearNow({ state, clear_at }: DeployAnswer): boolean {
  return clear_at != null && (state === 'baking' || state === 'passed');
}

function clearLine({ service, environment, release, clear_at, deployed_at, registered_at, baking }: DeployAnswer): string {
  const ms = Date.parse(clear_at ?? '') - Date.parse(deployed_at ?? registered_at);
  const after = formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
  const until = baking === null ? '' : ` until ${baking.ends_at.slice(11, 16)} UTC`;
  const what = 'every critical check has ruled out harm; the bake goes on';
  return `${service} ${release.version} (${environment}): clear after ${after}: ${what}${until} and still rolls back`;
}

function createPrinter(io: Io, { startedAt, verbose }: { readonly startedAt: number; readonly verbose: boolean }) {
  const progress = createProgress();
  let lastDetail = '';
  return (deploy: DeployAnswer): void => {
    const now = io.now();
    const elapsed = `[${formatDuration(Math.floor((now - startedAt) / 1000) * 1000)}]`;
    for (const text of progress(deploy, now)) note(io, `${elapsed} ${text}`);
    const detail = verbose && !deploy.final ? detailOf(deploy) : '';
    if (detail !== '' && detail !== lastDetail) note(io, `${elapsed}   ${detail}`);
    lastDetail = detail;
  };
}

/** Prints the output of hooks as it grows. Where the server has cut an output, only its beginning is printed; the deploy's page has the rest. */
function createOutputPrinter(io: Io): (deploy: DeployAnswer) => void {
  const seen = new Map<string, string>();
  return ({ attempts = [], url }) => {
    for (const { order, number, output } of attempts) {
      const key = `${order} ${number}`;
      const before = seen.get(key) ?? '';
      if (output === before || before === cutMark) continue;
      const isMore = output.startsWith(before);
      const text = isMore ? output.slice(before.length) : `(more output than is printed here: ${url})`;
      for (const line of text.replace(/\n$/, '').split('\n')) note(io, `  | ${line}`);
      seen.set(key, isMore ? output : cutMark);
    }
  };
}

/** Marks an output of which nothing more is printed. */
const cutMark = '\0';

async function fetchNext(
  client: Client,
  io: Io,
  { id, after, untilClear, ms }: { readonly id: string; readonly after: number; readonly untilClear: boolean; readonly ms: number },
): Promise<DeployAnswer> {
  const since = io.now();
  for (;;) {
    try {
      // The first call does not wait, so that the current state is printed at once.
      if (after < 0) return await answerOf(client.GET('/v1/deploys/{id}', { params: { path: { id } } }));
      const seconds = Math.max(1, Math.ceil(ms / 1000));
      const query = { timeout: `${seconds}s`, after, ...(untilClear && { until: 'clear' as const }) };
      return await answerOf(client.within(ms + 15_000).GET('/v1/deploys/{id}/wait', { params: { path: { id }, query } }));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unavailable' || io.now() - since > restartTimeoutMs) throw error;
      note(io, `${error.message}; retrying`);
      await io.sleep(pauseMs);
    }
  }
}
