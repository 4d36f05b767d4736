import { probe } from '../../providers/probe.ts';
import type { ProviderError } from '../../src/core/base/errors.ts';
import type { HttpTarget, Probe, ProbeTarget } from '../../src/core/rules/probe.ts';
import type { Http } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { Answer, MetricsProvider } from '../../src/ports/provider.ts';

const never = new AbortController().signal;

/** A window of three ticks. */
export const window = { from: 1_000_000, to: 1_045_000, stepMs: 15_000 };

/** A provider of probes, with these options. */
export function aProber(http: Http, options: object = {}): MetricsProvider {
  return probe.bind(options)({ http, run: createRunProcess({ PATH: process.env.PATH }) });
}

/** A probe of a site, which expects a 2xx. */
export function aSite(url: string, rest: Partial<HttpTarget> = {}): HttpTarget {
  return {
    kind: 'http',
    method: 'GET',
    url,
    send: {},
    status: [{ from: 200, to: 299 }],
    redirects: 0,
    contains: null,
    lacks: null,
    headers: {},
    tlsDays: null,
    ...rest,
  };
}

/** A command of the operator's machine. */
export function aCommand(...argv: readonly [string, ...string[]]): ProbeTarget {
  return { kind: 'command', argv, cwd: null, ssh: null };
}

/** Makes a probe, of one attempt unless told. */
export function ask(
  provider: MetricsProvider,
  target: ProbeTarget,
  { signal = never, ...rest }: Partial<Omit<Probe, 'target'>> & { signal?: AbortSignal } = {},
): Promise<Answer> {
  const probe: Probe = { target, withinMs: 2_000, attempts: 1, apartMs: 0, ...rest };
  return provider.fetchSeries({ form: 'probe', query: '', probe, window }, signal);
}

/** What was seen, in words. */
export async function seenBy(...asked: Parameters<typeof ask>): Promise<string | null> {
  const answer = await ask(...asked);
  return answer.shape === 'attempts' ? answer.seen : null;
}

/** The error of a probe that could not be made. */
export async function errorOf(...asked: Parameters<typeof ask>): Promise<ProviderError> {
  return ask(...asked).then(
    ({ shape }) => Promise.reject(new Error(`there was an answer of ${shape}`)),
    (error: ProviderError) => error,
  );
}
