import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { askOwnServer } from '../../net/ask-own-server.ts';
import type { Http } from '../../net/http.ts';
import { HttpError } from '../../net/http.ts';
import type { ExamAnswer, ExamProbe } from '../../usecases/examine.ts';
import type { AppConfig } from '../app-config.ts';

const limitMs = 6_000;
const timeoutMs = limitMs - 1_000;
/** The answer of `/health/ready`. */
const Readiness = z.object({
  status: z.enum(['ok', 'not ready']),
  reason: z.string().optional(),
  warnings: z.array(z.string()).optional(),
});

/** Asks the server of the config, if it runs on this machine, whether it is ready. */
export function serverProbe(server: AppConfig['server'], http: Http): ExamProbe {
  const address = ownAddress(server);
  const ask = async (signal: AbortSignal): Promise<ExamAnswer> => {
    try {
      if (server.tls !== null) return await askSecurely({ address, cert: server.tls.cert }, signal);
      const answer = await http.request({ method: 'GET', url: `http://${address}/health/ready`, timeoutMs }, signal);
      return describe(parse(answer.text), address);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error.kind === 'tls') {
        const reason = `what listens on ${address} does not speak HTTPS`;
        return { outcome: 'fail', reason, hint: 'restart the server: it decides at its start whether it has a certificate' };
      }
      if (error.isUndelivered) return { outcome: 'not_tried', reason: `nothing listens on ${address}: the server does not run` };
      return { outcome: 'fail', reason: error.message, hint: 'the log of the server says more' };
    }
  };
  return { part: 'server', name: '', limitMs, ask };
}

/** Where this machine reaches the server. */
function ownAddress({ host, port }: AppConfig['server']): string {
  return `${{ '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
}

/** The certificate is for the name that people use, so only whether it is the one of the config is looked at. */
async function askSecurely(
  { address, cert }: { readonly address: string; readonly cert: string },
  signal: AbortSignal,
): Promise<ExamAnswer> {
  const { text, fingerprint } = await askOwnServer(`https://${address}/health/ready`, { signal, timeoutMs });
  const answer = describe(parse(text), address);
  if (answer.outcome !== 'ok' || fingerprint === new X509Certificate(cert).fingerprint256) return answer;
  return {
    outcome: 'warn',
    reason: `it shows another certificate than the config has, on ${address}`,
    hint: 'reload it: `bakewatch reload`',
  };
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
