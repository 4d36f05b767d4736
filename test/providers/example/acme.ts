import { z } from 'zod';
import { askHttp } from '../../../providers/ask-http.ts';
import { defineProvider } from '../../../providers/define-provider.ts';
import { badResponse, type Vendor } from '../../../providers/refusal.ts';
import { ProviderError } from '../../../src/core/base/errors.ts';
import { Duration, SecretText } from '../../../src/core/base/option-schemas.ts';
import { ServerAddress } from '../../../src/net/address.ts';
import type { SeriesQuery } from '../../../src/ports/provider.ts';

const AcmeOptions = z.strictObject({
  url: ServerAddress.describe('The address of the server.'),
  token: SecretText.describe('A token that may read.'),
  timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
  settle: Duration.default(30_000).describe('How long after its end a tick may still change. Default: 30s.'),
});

const noCounters = "Acme has no counters: write `{ query: '…' }`";

/** Reads Acme over its query API. */
export const acme = defineProvider({
  type: 'acme',
  summary: 'Acme: events and numbers by its query language.',
  options: AcmeOptions,
  example: { url: 'https://acme.example.com', token: 'a token' },
  lintSelector: () => noCounters,
  settleMs: ({ settle }) => settle,
  limits: () => ({ concurrency: 4, perSecond: null }),
  create: ({ url, token, timeout }, { http }) => {
    const vendor: Vendor = { name: 'Acme', url, secrets: [token], tooLarge: 'ask for fewer series', readFault };
    const base = url.replace(/\/+$/, '');
    const ask = async (params: Record<string, string>, signal: AbortSignal) => {
      const headers = { authorization: `Bearer ${token.reveal()}` };
      const request = { method: 'GET', url: `${base}/query?${new URLSearchParams(params)}`, headers, timeoutMs: timeout } as const;
      return readReply((await askHttp({ http, vendor }, request, signal)).text);
    };
    return {
      fetchSeries: async (query, signal) => {
        if (query.form !== 'events' && query.form !== 'gauge') throw new ProviderError('bad_query', noCounters);
        const { series } = await ask(paramsOf(query), signal);
        return { shape: query.form === 'events' ? 'delta' : 'gauge', series: series.map((one) => toSeries(one, query.window)) };
      },
      ping: async (signal) => {
        await ask({ q: '1' }, signal);
      },
    };
  },
});

function paramsOf({ query, window: { from, to, stepMs } }: SeriesQuery): Record<string, string> {
  return { q: query, from: String(from), to: String(to), step: String(stepMs) };
}

const Point = z.object({ end: z.number(), value: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).nullable() });
const Reply = z.object({ series: z.array(z.object({ labels: z.record(z.string(), z.string()), points: z.array(Point) })) });
type AcmeSeries = z.output<typeof Reply>['series'][number];

function readReply(text: string): z.output<typeof Reply> {
  const reply = Reply.safeParse(parseJson(text));
  if (!reply.success) throw badResponse('Acme', 'it holds no list of series');
  return reply.data;
}

/** A point without a value is a tick without data. It is left out: 0 would be a value. */
function toSeries({ labels, points }: AcmeSeries, { from, to }: SeriesQuery['window']) {
  const samples = points
    .filter(({ end }) => end > from && end <= to)
    .flatMap(({ end, value }) => (value === null ? [] : [[end, Number(value)] as const]))
    .sort(([a], [b]) => a - b);
  return { labels, instance: '', samples };
}

/** Acme answers 400 to a query that it cannot read, and says why. */
function readFault({ status, text }: { readonly status: number; readonly text: string }) {
  const reply = z.object({ error: z.string() }).safeParse(parseJson(text));
  return status === 400 && reply.success ? ({ kind: 'bad_query', message: reply.data.error } as const) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The parser's message would quote the body.
  }
}
