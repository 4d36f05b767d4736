import { createApi } from '../../src/api/api.ts';
import type { Token } from '../../src/api/auth.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { createStreamSeats } from '../../src/api/events.ts';
import { systemClock as waitingClock } from '../../src/app/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { createStoredTokens } from '../../src/usecases/stored-tokens.ts';
import { createChangeWatch } from '../../src/usecases/watch-changes.ts';
import { styleSource } from '../../src/web/assets.ts';
import { createPages } from '../../src/web/pages.ts';
import { renderReport } from '../../src/web/render-report.ts';
import { keepContract } from './contract.ts';
import { silentLog, systemClock } from './database.ts';

/** The whole HTTP face on a store that is only read. */
export function aReadingApi(store: Store, tokens: readonly Token[] = [], rest: Partial<ApiDeps> = {}) {
  const unasked = () => {
    throw new Error('nothing is registered here');
  };
  const baseUrl = 'http://127.0.0.1:8700';
  const api = createApi({
    store,
    // It really waits: a stream of events beats with it.
    clock: waitingClock,
    log: silentLog,
    tokens,
    storedTokens: createStoredTokens({ store, clock: systemClock, log: silentLog }),
    ruleSetFor: unasked,
    planFor: unasked,
    warningsFor: unasked,
    drill: unasked,
    whatRuns: unasked,
    testNotifier: unasked,
    checkRules: unasked,
    replay: unasked,
    baseUrl,
    metrics: async () => '',
    notReady: async () => null,
    inboxes: new Map(),
    stopping: new AbortController().signal,
    changes: createChangeWatch({ store, clock: waitingClock, log: silentLog, stopping: rest.stopping ?? new AbortController().signal }),
    streams: createStreamSeats(),
    pages: createPages({ store, clock: systemClock, baseUrl }),
    styleSource,
    renderReport,
    ...rest,
  });
  return keepContract(api);
}
