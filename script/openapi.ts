import { createApi } from '../src/api/api.ts';
import type { Store } from '../src/ports/store.ts';
import { createPages } from '../src/web/pages.ts';

/** The OpenAPI document that the server serves, as text. */
export async function openApiText(): Promise<string> {
  // The document describes the API; building it calls neither the store nor the other dependencies.
  const store = {} as Store;
  const unused = () => {
    throw new Error('only the OpenAPI document is requested');
  };
  const clock = { now: () => 0, sleep: unused };
  const api = createApi({
    store,
    clock,
    log: { debug: () => {}, info: unused, warn: unused, error: unused },
    tokens: [],
    storedTokens: { isOpen: async () => false, identify: unused, identifyById: unused, settle: unused },
    ruleSetFor: unused,
    warningsFor: unused,
    drill: unused,
    whatRuns: unused,
    testNotifier: unused,
    checkRules: unused,
    replay: unused,
    planFor: unused,
    baseUrl: '',
    metrics: unused,
    notReady: unused,
    inboxes: new Map(),
    stopping: new AbortController().signal,
    changes: { subscribe: unused, untilMoved: unused },
    streams: { take: unused },
    pages: createPages({ store, clock, baseUrl: '' }),
    styleSource: '',
    renderReport: { md: unused, html: unused },
  });
  const answer = await api.request('/openapi.json', { headers: { host: 'localhost' } });
  return `${JSON.stringify(await answer.json(), null, 2)}\n`;
}
