import { X509Certificate } from 'node:crypto';
import type { ExamAnswer, ExamProbe } from '../../usecases/examine.ts';
import type { AppConfig } from '../app-config.ts';

const dayMs = 86_400_000;
/** Enough time to renew a certificate by hand. */
const soonMs = 14 * dayMs;

/** Looks when the certificate of `server.tls` ends. No probe without one. */
export function certificateProbes({ tls }: AppConfig['server'], now: number): readonly ExamProbe[] {
  if (tls === null) return [];
  return [{ part: 'certificate', name: '', limitMs: 1_000, ask: async () => describe(tls.cert, now) }];
}

function describe(cert: string, now: number): ExamAnswer {
  const { validFrom, validTo } = new X509Certificate(cert);
  const [from, until] = [Date.parse(validFrom), Date.parse(validTo)];
  const day = new Date(until).toISOString().slice(0, 10);
  const hint = 'renew it, and replace the files of `server.tls`: the server takes them up by itself';
  if (now < from) return { outcome: 'fail', reason: `it is not valid before ${new Date(from).toISOString().slice(0, 10)}`, hint };
  if (now >= until) return { outcome: 'fail', reason: `it has expired on ${day}`, hint };
  const days = Math.floor((until - now) / dayMs);
  const left = days === 1 ? '1 day' : `${days} days`;
  if (until - now < soonMs) return { outcome: 'warn', reason: `it expires in ${left}, on ${day}`, hint };
  return { outcome: 'ok', reason: `it is valid for ${left} more, until ${day}` };
}
