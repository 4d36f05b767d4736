import { createApi } from '../api/api.ts';
import type { ApiDeps } from '../api/deps.ts';
import { createStreamSeats } from '../api/events.ts';
import { createFindClient } from '../net/client-address.ts';
import { checkText } from '../rules/check-text.ts';
import { parseRules } from '../rules/parse-rules.ts';
import { createPipelineIssuers } from '../sign-in/pipeline-issuers.ts';
import { createCachedText } from '../telemetry/cached-text.ts';
import { createPipelineTokens } from '../usecases/pipeline-rights.ts';
import { planFor } from '../usecases/plan-for.ts';
import { createRefusals } from '../usecases/refusals.ts';
import { createRuleWarnings } from '../usecases/rule-warnings.ts';
import { createStoredTokens } from '../usecases/stored-tokens.ts';
import { testNotifier } from '../usecases/test-notifier.ts';
import { createTokenSignIn } from '../usecases/token-sign-in.ts';
import { createChangeWatch } from '../usecases/watch-changes.ts';
import { styleSource } from '../web/assets.ts';
import { createPages } from '../web/pages.ts';
import { renderReport } from '../web/render-report.ts';
import type { AppInput } from './app-input.ts';
import { skewWarnings } from './clock-skew.ts';
import type { Closers } from './closers.ts';
import { type HttpListener, listen } from './listen.ts';
import type { ServerAdapters } from './open-adapters.ts';
import { openSignIn } from './open-sign-in.ts';
import { overloadWarnings } from './overload.ts';
import { plugins } from './plugins.ts';
import { createPrompt, createPromptStore } from './prompt-store.ts';
import { createQueryLinks } from './query-links.ts';
import { notReady } from './readiness.ts';
import { createReplays } from './replay-in-worker.ts';
import { bookWarnings } from './rule-book.ts';
import type { Engine } from './start-engine.ts';
import { readStoredGauges } from './stored-gauges.ts';
import { createTokenWatch, type TokenWatch } from './token-watch.ts';

/** What the faces are built from: the results of the two phases before. */
export type FaceParts = { readonly adapters: ServerAdapters; readonly engine: Engine };

/** The third phase's result: the address that the server listens on. After `announceStop`, `/health/ready` says that the server stops. */
export type Faces = { readonly url: string; readonly announceStop: () => void };

/** `port`: where the server listens already, because it has waited for the database; `null`: nowhere yet. */
export type FacePort = { readonly port: HttpListener | null; readonly closers: Closers };

/** Phase 3: listens, and answers with the HTTP API and the pages. Throws `AppError('unavailable')`. */
export async function openFaces(input: AppInput, parts: FaceParts, { port, closers }: FacePort): Promise<Faces> {
  const { config } = input;
  const listener = port ?? (await listen(config.server));
  const stopping = new AbortController();
  const announced = new AbortController();
  const baseUrl = (config.server.publicUrl ?? listener.url).replace(/\/$/, '');
  const { adapters } = parts;
  const tokenWatch = createTokenWatch({ ...adapters, log: input.log, configured: adapters.reloads.tokens });
  const prompt = createPrompt(adapters.store);
  const refusals = createRefusals({ store: createPromptStore(adapters.store, prompt), clock: adapters.clock, log: input.log });
  const deps = apiDeps(input, parts, { baseUrl, tokenWatch, stopping: stopping.signal, announced: announced.signal });
  // In reverse order: callers that wait for a bake get their answer, the listener closes, and the last uses of tokens and refusals are written.
  closers.push(deps.storedTokens.settle);
  closers.push(refusals.stop);
  closers.push(listener.close);
  closers.push(async () => stopping.abort());
  closers.push(tokenWatch.stop);
  refusals.start();
  tokenWatch.start();
  adapters.reloads.onLoad(({ server: { tls } }) => {
    if (tls !== null) listener.secure(tls);
  });
  listener.answer(createApi({ ...deps, noteRefusal: refusals.note }).fetch);
  return { url: listener.url, announceStop: () => announced.abort() };
}

/** How long a person who adopts a release waits for the platform. */
const askTimeoutMs = 30_000;
/** How long the text of `/metrics` is kept. */
const metricsMs = 1_000;

/** `announced`: aborts when the server begins to stop. `stopping`: aborts when the port is about to close. */
type Serving = Pick<ApiDeps, 'baseUrl' | 'stopping'> & { readonly announced: AbortSignal; readonly tokenWatch: TokenWatch };

function apiDeps(
  { config, log }: AppInput,
  { adapters, engine }: FaceParts,
  { baseUrl, stopping, announced, tokenWatch }: Serving,
): ApiDeps {
  const { queue, clock, providers, hooks, notifiers, inboxes, metrics, isEmbedded, clockSkews, book, reloads, freshenRules } = adapters;
  const { scheduler, ruleSetFor } = engine;
  const load = () => ({ providers, shedding: adapters.shedding(), lateMs: scheduler.lateMs() });
  const warnings = () => [
    ...skewWarnings(clockSkews()),
    ...bookWarnings(book, reloads.failure()),
    ...overloadWarnings(load()),
    ...tokenWatch.warnings(),
  ];
  const prompt = createPrompt(adapters.store);
  const store = createPromptStore(adapters.store, prompt);
  const storedTokens = createStoredTokens({ store, clock, log });
  const promptQueue = { oldestAgeMs: (at: number) => prompt(queue.oldestAgeMs(at)) };
  const readMetrics = async () =>
    await metrics.text({
      stored: await readStoredGauges({ store, queue: promptQueue }, clock),
      schedulerIdleSeconds: (clock.now() - scheduler.lastLookAt()) / 1000,
      providersUp: providersUp(providers),
      providersOpen: new Map([...providers].map(([name, { provider }]) => [name, provider.breaker().kind === 'open'])),
      servers: adapters.fleetSize(),
      clockSkews: clockSkews(),
      tokensExpiring: tokenWatch.expiring(),
      ruleBook: { version: book.version(), isBehind: book.isBehind(), refusedFiles: book.refused().length },
    });
  const replays = createReplays();
  const testing = { notifiers, clock, log, publicUrl: config.server.publicUrl };
  const signIn = openSignIn({
    store,
    clock,
    http: adapters.http,
    log,
    tokens: createTokenSignIn({ configured: reloads.tokens, stored: storedTokens, now: clock.now }),
    config: () => reloads.config().signIn,
    baseUrl,
    stopping,
  });
  const { sessions, access } = signIn;
  return {
    store,
    clock,
    log,
    sessions,
    hasSignIn: access.hasSignIn,
    meter: adapters.meter,
    findClient: createFindClient(config.server.trustedProxies),
    tokens: reloads.tokens,
    storedTokens,
    replay: ({ rules, ...task }) => replays({ ...task, ruleSet: rules === null ? null : parseRules(rules, 'rules', {}) }, stopping),
    pipelines: createPipelineTokens({
      rights: () => reloads.config().pipelines,
      issuers: createPipelineIssuers({ http: adapters.http, now: clock.now }),
      now: clock.now,
    }),
    checkRules: (text) => checkText(text, reloads.config(), plugins),
    reload: (by, origin) => reloads.reload(by, { isExplicit: true, origin }),
    freshenRules: () => prompt(freshenRules()),
    ruleSetFor,
    ruleSets: () => book.ruleSets.values(),
    warningsFor: createRuleWarnings({ providers, clock }),
    drill: (request) => engine.drill(request, stopping),
    whatRuns: async (hook, place) => {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(askTimeoutMs)]);
      return (await hooks.get(hook)?.hook.current(place, signal)) ?? null;
    },
    testNotifier: (request) => testNotifier(testing, request, stopping),
    planFor: (ruleSet, facts) => planFor(ruleSet, facts, { policy: book.policy(), providers }),
    baseUrl,
    metrics: createCachedText(readMetrics, { keepMs: metricsMs, now: clock.now }),
    notReady: async () =>
      announced.aborted
        ? 'the server is stopping'
        : await notReady({
            store: adapters.store,
            dataDir: isEmbedded ? config.dataDir : null,
            now: clock.now,
            standby: book.standby,
            ...scheduler,
          }),
    warnings,
    inboxes,
    stopping,
    changes: createChangeWatch({ store, clock, log, stopping }),
    streams: createStreamSeats(),
    pages: createPages({
      store,
      clock,
      baseUrl,
      warnings,
      log,
      ruleSets: () => book.ruleSets.values(),
      drill: (request) => engine.drill(request, stopping),
      queryLinks: createQueryLinks(providers),
      access,
      signIn: signIn.routes,
    }),
    styleSource,
    renderReport,
  };
}

/** Whether each provider is up; a provider that has not been asked yet is left out. */
function providersUp(providers: ServerAdapters['providers']): ReadonlyMap<string, boolean> {
  const states = [...providers].map(([name, { provider }]) => [name, provider.state().kind] as const);
  return new Map(states.filter(([, kind]) => kind !== 'unknown').map(([name, kind]) => [name, kind === 'healthy']));
}
