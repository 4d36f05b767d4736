import { afterAll } from 'vitest';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { describeProviderContract } from '../contracts/provider.ts';
import { acme } from './example/acme.ts';

const http = createHttp();
afterAll(() => http.close());

describeProviderContract('acme', {
  create: (url, token) => acme.bind({ url, token })({ http, run: createRunProcess({}) }),
  gauge: 'p99(latency{shop="a&b"})',
  series: (list) => ({
    body: {
      series: list.map(({ labels, samples }) => ({
        labels,
        points: samples.map(([end, value]) => ({ end, value: Number.isFinite(value) ? value : String(value) })),
      })),
    },
  }),
  gap: (end) => ({ body: { series: [{ labels: {}, points: [{ end, value: null }] }] } }),
  badQuery: (error) => ({ status: 400, body: { error } }),
  garbage: [
    '',
    'not json',
    'null',
    [],
    {},
    { series: 1 },
    { series: [{}] },
    { series: [{ labels: {}, points: [{ end: 1, value: 'many' }] }] },
  ],
  sentQuery: ({ url }) => new URL(url, 'http://acme').searchParams.get('q'),
  sentSecret: ({ headers }) => headers.authorization?.replace(/^Bearer /, '') ?? null,
});
