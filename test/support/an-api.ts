import { createApi } from '../../src/api/api.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import type { Store } from '../../src/ports/store.ts';
import { createStoredTokens } from '../../src/usecases/stored-tokens.ts';
import { styleSource } from '../../src/web/assets.ts';
import { createPages } from '../../src/web/pages.ts';
import { silentLog, systemClock } from './database.ts';

const unexpected = () => {
  throw new Error('this test does not expect the call');
};

/** The whole HTTP face on a store, for tests of who may reach what. */
export function anApi(store: Store, rest: Partial<ApiDeps> = {}) {
  const baseUrl = 'http://127.0.0.1:8700';
  return createApi({
    store,
    clock: systemClock,
    log: silentLog,
    tokens: [],
    storedTokens: createStoredTokens({ store, clock: systemClock, log: silentLog }),
    ruleSetFor: unexpected,
    planFor: unexpected,
    warningsFor: unexpected,
    drill: unexpected,
    whatRuns: unexpected,
    testNotifier: unexpected,
    checkRules: unexpected,
    replay: unexpected,
    baseUrl,
    metrics: async () => 'bakewatch_bakes 0\n',
    notReady: async () => null,
    changes: { subscribe: unexpected, untilMoved: unexpected },
    streams: { take: unexpected },
    inboxes: new Map(),
    stopping: new AbortController().signal,
    pages: createPages({ store, clock: systemClock, baseUrl }),
    styleSource,
    renderReport: { md: unexpected, html: unexpected },
    ...rest,
  });
}
