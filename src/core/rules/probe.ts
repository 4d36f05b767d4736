import type { NonEmpty } from '../base/non-empty.ts';

/**
 * A check by trying: does the site answer, does the port accept a connection, does the command succeed. Plain JSON, frozen with the deploy.
 * Durations are in milliseconds. A probe holds no secret.
 */
export type Probe = {
  readonly target: ProbeTarget;
  /** The timeout of one attempt. An attempt that times out is stopped and counts as failed. */
  readonly withinMs: number;
  readonly attempts: number;
  /** The pause between two attempts. */
  readonly apartMs: number;
};

/** What a probe tries. */
export type ProbeTarget = HttpTarget | TcpTarget | CommandTarget;

/** `status`: ranges with both ends included. `send`: headers of the request. `headers`: texts that the headers of the answer must contain. */
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
  /** The certificate must stay valid for at least this number of days. */
  readonly tlsDays: number | null;
};

/** A connection to a port. */
export type TcpTarget = { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tlsDays: number | null };

/** `ssh` names a connection in the operator's config. `null` runs the command on the server's own machine. */
export type CommandTarget = {
  readonly kind: 'command';
  readonly argv: NonEmpty<string>;
  readonly cwd: string | null;
  readonly ssh: string | null;
};

/** A problem with a probe: the key, the problem, and what to do about it. */
export type ProbeLint = { readonly key: 'command' | 'ssh'; readonly message: string; readonly hint: string };

/** The maximum duration of all attempts of a probe together: a pass over a bake must end. */
export const maxProbeMs = 22_000;

/** The maximum duration of a probe, with all attempts and pauses. */
export function probeDurationMs({ attempts, withinMs, apartMs }: Omit<Probe, 'target'>): number {
  return attempts * withinMs + (attempts - 1) * apartMs;
}

/** Describes a probe in one line. The pages show it where a metric shows its query. */
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
