import { topics } from '../../core/bake/effect.ts';
import { AppError } from '../../core/base/errors.ts';
import { sendEverything } from '../../core/notify/route.ts';
import { connectOnce } from '../../net/connect.ts';
import { type Http, HttpError, type HttpRequest } from '../../net/http.ts';
import type { HttpProxy } from '../../net/proxy.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { ExamAnswer, ExamProbe } from '../../usecases/examine.ts';
import { sampleNotice } from '../../usecases/test-notifier.ts';
import type { AppConfig } from '../app-config.ts';

const limitMs = 10_000;

/** Connects to the receiver of every notifier, and closes the connection again: no message is sent. */
export function notifierProbes(
  notifiers: AppConfig['notifiers'],
  { now, proxyFor }: { readonly now: number; readonly proxyFor?: Http['proxyFor'] },
): readonly ExamProbe[] {
  return [...notifiers].map(([name, { make }]): ExamProbe => {
    const ask = async (signal: AbortSignal): Promise<ExamAnswer> => {
      const request = await firstRequest(make, now, signal);
      return request === null
        ? { outcome: 'not_tried', reason: 'it does not say where it sends to', hint: `\`bakewatch notify test ${name}\` sends a sample` }
        : await connect(request, { name, proxy: proxyFor?.(new URL(request.url)) ?? null }, signal);
    };
    return { part: 'notifier', name, limitMs, ask, hint: 'check its address, the network and the firewall' };
  });
}

/** What a notifier would send first. The HTTP client that it gets sends nothing. */
async function firstRequest(
  make: (deps: { readonly http: Http }) => Notifier,
  at: number,
  signal: AbortSignal,
): Promise<HttpRequest | null> {
  let first: HttpRequest | null = null;
  const http: Http = {
    async request(request) {
      first ??= request;
      throw new HttpError('aborted', 'nothing is sent');
    },
    close: async () => {},
  };
  const notifier = make({ http });
  const place = { service: 'example', environment: 'production' };
  for (const topic of topics) {
    const notice = sampleNotice({ name: '', topic, place, by: 'doctor' }, { at, rules: sendEverything, publicUrl: null });
    // It must fail, because nothing is sent. Some notifiers ignore some topics.
    await notifier.notify(notice, { memory: null, isRepeat: false, chart: async () => null, signal }).catch(() => {});
    if (first !== null) return first;
  }
  return null;
}

type Receiver = { readonly name: string; readonly proxy: HttpProxy | null };

async function connect({ url, ca }: HttpRequest, { name, proxy }: Receiver, signal: AbortSignal): Promise<ExamAnswer> {
  const { hostname, port, protocol } = new URL(proxy === null ? url : proxy.url.reveal());
  const tls = protocol === 'https:' ? { ca: proxy === null ? ca : undefined } : null;
  const host = hostname.replace(/^\[|\]$/g, '');
  try {
    const at = { host, port: Number(port || (tls === null ? 80 : 443)), timeoutMs: limitMs, tls };
    await connectOnce(at, signal);
    const how = tls === null ? 'accepts connections' : 'accepts connections, and its certificate is trusted';
    const what = `${proxy === null ? '' : 'the proxy '}${host}:${at.port} ${how}`;
    return { outcome: 'ok', reason: `${what}; nothing was sent (\`bakewatch notify test ${name}\` sends a sample)` };
  } catch (error) {
    if (error instanceof HttpError) throw new AppError('unavailable', `${proxy === null ? '' : 'the proxy '}${error.message}`);
    throw error;
  }
}
