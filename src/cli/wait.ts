import { formatDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { Client, DeployAnswer } from './client.ts';
import { exitCodeOf, timedOut } from './exit-codes.ts';
import { type Io, note, say, sayJson } from './io.ts';

export type WaitOptions = { readonly id: string; readonly timeoutMs: number | null; readonly json: boolean };

/** A server that restarts is waited for this long. */
const patienceMs = 300_000;
const pollMs = 30_000;
const pauseMs = 2_000;
/** While the hook runs its output is asked for so often. */
const outputMs = 2_000;

/** Waits until the bake is final, telling where it stands whenever that changes. Returns the exit code. */
export async function waitFor(client: Client, io: Io, { id, timeoutMs, json }: WaitOptions): Promise<number> {
  const startedAt = io.now();
  const printed = createPrinted(io);
  let told = '';
  let after = -1;
  let mostMs = pollMs;
  for (;;) {
    const leftMs = timeoutMs === null ? mostMs : startedAt + timeoutMs - io.now();
    if (leftMs <= 0) {
      note(io, `gave up waiting after ${formatDuration(timeoutMs ?? 0)}; the bake goes on`);
      return timedOut;
    }
    const deploy = await ask(client, io, { id, after, ms: Math.min(mostMs, leftMs) });
    after = deploy.bake_version;
    const line = progressOf(deploy, io.now() - startedAt);
    // What the hook printed last comes before what became of it.
    if (deploy.state !== 'rolling_back') printed(deploy);
    if (line.text !== told) note(io, `${line.elapsed} ${line.text}`);
    told = line.text;
    if (deploy.state === 'rolling_back') printed(deploy);
    mostMs = deploy.state === 'rolling_back' ? outputMs : pollMs;
    if (!deploy.final) continue;
    if (json) sayJson(io, deploy);
    else for (const text of conclusionOf(deploy)) say(io, text);
    return exitCodeOf(deploy.state);
  }
}

/** Passes on what the hooks print, as it comes. Of an output that is cut on the server only the beginning; the rest is on the deploy's page. */
function createPrinted(io: Io): (deploy: DeployAnswer) => void {
  const seen = new Map<string, string>();
  return ({ attempts = [], url }) => {
    for (const { order, number, output } of attempts) {
      const key = `${order} ${number}`;
      const before = seen.get(key) ?? '';
      if (output === before || before === all) continue;
      const isMore = output.startsWith(before);
      const text = isMore ? output.slice(before.length) : `(more than is shown here: ${url})`;
      for (const line of text.replace(/\n$/, '').split('\n')) note(io, `  | ${line}`);
      seen.set(key, isMore ? output : all);
    }
  };
}

/** Stands for an output of which nothing more is shown. */
const all = '\0';

async function ask(
  client: Client,
  io: Io,
  wanted: { readonly id: string; readonly after: number; readonly ms: number },
): Promise<DeployAnswer> {
  const since = io.now();
  for (;;) {
    try {
      const path = `/v1/deploys/${encodeURIComponent(wanted.id)}`;
      // At first it is only looked at, so that whoever waits sees at once where it stands.
      if (wanted.after < 0) return await client.call('GET', path);
      const seconds = Math.max(1, Math.ceil(wanted.ms / 1000));
      return await client.call('GET', `${path}/wait?timeout=${seconds}s&after=${wanted.after}`, { timeoutMs: wanted.ms + 15_000 });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unavailable' || io.now() - since > patienceMs) throw error;
      note(io, `${error.message}; trying again`);
      await io.sleep(pauseMs);
    }
  }
}

function progressOf({ state, checks, baking, stage, summary }: DeployAnswer, elapsedMs: number): { elapsed: string; text: string } {
  const elapsed = `[${formatDuration(Math.floor(elapsedMs / 1000) * 1000)}]`;
  if (state !== 'baking' || baking === null) return { elapsed, text: summary };
  const asked = (checks ?? []).filter((check) => check.outcome !== 'not_asked');
  const results = asked.map((check) => `${check.name} ${words[check.outcome] ?? check.outcome} (${check.reason})`).join('; ');
  const what = stage === null ? 'baking' : `stage ${stage.number} of ${stage.of}: ${formatWeight(stage.weight)},`;
  return { elapsed, text: `${what} until ${baking.ends_at.slice(11, 19)} UTC: ${results || 'no check asked yet'}` };
}

const words: Readonly<Record<string, string>> = { pass: 'ok', fail: 'FAILS', inconclusive: 'cannot tell yet', error: 'could not be asked' };

function conclusionOf({ service, environment, release, state, reasons, target, url }: DeployAnswer): readonly string[] {
  const head = `${service} ${release.version} (${environment}): ${state.replaceAll('_', ' ')}${target === null ? '' : ` to ${target}`}`;
  return [head, ...reasons.map((reason) => `  ${reason}`), `  ${url}`];
}
