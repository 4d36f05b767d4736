import { createApi } from '../src/api/api.ts';
import type { Store } from '../src/ports/store.ts';
import { createPages } from '../src/web/pages.ts';

/** The OpenAPI document as the server itself answers it, as text. */
export async function openApiText(): Promise<string> {
  // Nothing is ever asked of the store: the document says what could be asked.
  const store = {} as Store;
  const unasked = () => {
    throw new Error('only the OpenAPI document is asked for');
  };
  const clock = { now: () => 0, sleep: unasked };
  const api = createApi({
    store,
    clock,
    log: { debug: unasked, info: unasked, warn: unasked, error: unasked },
    tokens: [],
    ruleSetFor: unasked,
    drill: unasked,
    testNotifier: unasked,
    planFor: unasked,
    baseUrl: '',
    metrics: unasked,
    notReady: unasked,
    inboxes: new Map(),
    stopping: new AbortController().signal,
    pages: createPages({ store, clock, needsTokens: true, baseUrl: '' }),
    styleSource: '',
    renderReport: { md: unasked, html: unasked },
  });
  const answer = await api.request('/openapi.json');
  return `${JSON.stringify(await answer.json(), null, 2)}\n`;
}
