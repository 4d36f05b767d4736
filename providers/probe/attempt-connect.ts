import type { TcpTarget } from '../../src/core/rules/probe.ts';
import { connectOnce } from '../../src/net/connect.ts';
import type { AttemptDeps, ProbeResult } from './deps.ts';

/** Opens a connection; with `tlsDays`, over TLS. Throws `HttpError` where that fails. */
export async function attemptConnect(
  { ca }: Pick<AttemptDeps, 'ca'>,
  { target: { host, port, tlsDays }, withinMs }: { readonly target: TcpTarget; readonly withinMs: number },
  signal: AbortSignal,
): Promise<ProbeResult> {
  const startedAt = performance.now();
  const tls = tlsDays === null ? null : { ca };
  const { certificateEndsAt } = await connectOnce({ host, port, timeoutMs: withinMs, tls }, signal);
  const expiring = tlsDays === null ? null : expiringWithin(certificateEndsAt, tlsDays);
  if (expiring !== null) return { passed: false, seen: expiring };
  return { passed: true, seen: `connected in ${Math.round(performance.now() - startedAt)} ms` };
}

const dayMs = 86_400_000;

/** Returns why a certificate is not valid for `days` more days, or `null`. */
export function expiringWithin(endsAt: number | null, days: number): string | null {
  if (endsAt === null) return 'the certificate has no end date';
  const left = (endsAt - Date.now()) / dayMs;
  if (left >= days) return null;
  const day = new Date(endsAt).toISOString().slice(0, 10);
  return `the certificate ends on ${day}, in ${Math.max(0, Math.floor(left))} days, expected at least ${days}`;
}
