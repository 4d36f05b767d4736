import { z } from 'zod';
import type { Http } from '../../net/http.ts';
import { HttpError } from '../../net/http.ts';
import type { ExamAnswer, ExamProbe } from '../../usecases/examine.ts';
import type { AppConfig } from '../app-config.ts';

const limitMs = 6_000;
/** The answer of `/health/ready`. */
const Readiness = z.object({
  status: z.enum(['ok', 'not ready']),
  reason: z.string().optional(),
  warnings: z.array(z.string()).optional(),
});

/** Asks the server of the config, if it runs on this machine, whether it is ready. */
export function serverProbe({ host, port }: AppConfig['server'], http: Http): ExamProbe {
  const address = `${{ '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
  const ask = async (signal: AbortSignal): Promise<ExamAnswer> => {
    try {
      const answer = await http.request({ method: 'GET', url: `http://${address}/health/ready`, timeoutMs: limitMs - 1_000 }, signal);
      return describe(parse(answer.text), address);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error.isUndelivered) return { outcome: 'not_tried', reason: `nothing listens on ${address}: the server does not run` };
      return { outcome: 'fail', reason: error.message, hint: 'the log of the server says more' };
    }
  };
  return { part: 'server', name: '', limitMs, ask };
}

function parse(text: string): z.output<typeof Readiness> | null {
  try {
    return Readiness.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function describe(readiness: z.output<typeof Readiness> | null, address: string): ExamAnswer {
  if (readiness === null) return { outcome: 'fail', reason: `another program listens on ${address}`, hint: 'change server.listen' };
  const { status, reason = 'it does not say why', warnings = [] } = readiness;
  if (status !== 'ok') return { outcome: 'fail', reason: `it runs on ${address}, but is not ready: ${reason}` };
  const [warning] = warnings;
  return warning === undefined ? { outcome: 'ok', reason: `it is ready, on ${address}` } : { outcome: 'warn', reason: warning };
}
