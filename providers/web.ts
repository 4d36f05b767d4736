import { defineProvider } from './define-provider.ts';
import { noSelectors } from './reading-query.ts';
import { createWeb } from './web/fetch.ts';
import { lintWeb } from './web/lint.ts';
import { WebOptions } from './web/options.ts';

/** Reads numbers and samples from any server that answers JSON or text. */
export const web = defineProvider({
  type: 'web',
  summary: 'Any server that answers JSON or text over HTTP: a number, a pair of counts, or samples, found by JSONPath.',
  options: WebOptions,
  example: { url: 'https://orders.example.com/api', bearer: 'a token', params: { shop: '[a-z-]+' } },
  lintSelector: () => noSelectors,
  lintCall: lintWeb,
  settleMs: ({ settle }) => settle,
  limits: ({ limits: { concurrency, per_second } }) => ({ concurrency, perSecond: per_second }),
  create: createWeb,
});
