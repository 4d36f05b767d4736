import type { NonEmpty } from '../base/non-empty.ts';

/**
 * A question that is asked by trying: does the site answer, does the port take connections, does the command succeed. Plain JSON, frozen with the
 * deploy; durations in milliseconds. It holds no secret.
 */
export type Probe = {
  readonly target: ProbeTarget;
  /** How long one attempt may take; what is not done by then is ended and counts as failed. */
  readonly withinMs: number;
  readonly attempts: number;
  /** The pause between two attempts. */
  readonly apartMs: number;
};

export type ProbeTarget = HttpTarget | TcpTarget | CommandTarget;

/** `status` are ranges, both ends included. `send` are headers of the request; of the answer, each in `headers` must hold its text. */
export type HttpTarget = {
  readonly kind: 'http';
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly send: Readonly<Record<string, string>>;
  readonly status: readonly { readonly from: number; readonly to: number }[];
  readonly redirects: number;
  readonly contains: string | null;
  readonly lacks: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The certificate must be good for this many days more. */
  readonly tlsDays: number | null;
};

export type TcpTarget = { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tlsDays: number | null };

/** `ssh` names a connection of the operator's; `null` is the machine of the server itself. */
export type CommandTarget = {
  readonly kind: 'command';
  readonly argv: NonEmpty<string>;
  readonly cwd: string | null;
  readonly ssh: string | null;
};

/** What is wrong with a probe: at which of its keys, and what to do about it. */
export type ProbeLint = { readonly key: 'command' | 'ssh'; readonly message: string; readonly hint: string };

/** All attempts of a probe together may not take longer: a look at a bake has to end some time. */
export const maxProbeMs = 22_000;

/** How long a probe may take at most, with all its attempts and pauses. */
export function probeDurationMs({ attempts, withinMs, apartMs }: Omit<Probe, 'target'>): number {
  return attempts * withinMs + (attempts - 1) * apartMs;
}

/** What a probe tries, as a line: what people read where a metric shows its query. */
export function describeTarget(target: ProbeTarget): string {
  switch (target.kind) {
    case 'http':
      return `${target.method} ${target.url}`;
    case 'tcp':
      return `connect to ${target.host}:${target.port}`;
    case 'command':
      return `${target.ssh === null ? 'run' : `on ${target.ssh} run`} ${target.argv.map((arg) => (/^[\w./:@%+,=-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ')}`;
  }
}
