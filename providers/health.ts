import { ProviderError, type ProviderErrorKind } from '../src/core/base/errors.ts';

/** Whether the provider answers, and since when. A refused query is an answer. */
export type ProviderState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'healthy'; readonly since: number }
  | { readonly kind: 'failing'; readonly since: number; readonly error: ProviderErrorKind; readonly message: string };

/** The outcome of one request. Each retry is a request of its own. */
export type RequestReport = { readonly outcome: 'ok' | ProviderErrorKind; readonly seconds: number };

export type HealthOptions = {
  readonly onRequest?: ((report: RequestReport) => void) | undefined;
  /** Epoch milliseconds, for `state()` only. */
  readonly now: () => number;
};

/** Remembers how the newest requests ended. */
export interface Health {
  state(): ProviderState;
  /** Makes a request and remembers its outcome. */
  watch<T>(call: () => Promise<T>): Promise<T>;
}

/** Creates the memory of a provider that was not asked yet. */
export function createHealth({ onRequest, now }: HealthOptions): Health {
  let state: ProviderState = { kind: 'unknown' };
  const update = (error: ProviderError | null): void => {
    const isFailing = error !== null && error.kind !== 'bad_query';
    const since = state.kind === (isFailing ? 'failing' : 'healthy') ? state.since : now();
    state = isFailing ? { kind: 'failing', since, error: error.kind, message: error.message } : { kind: 'healthy', since };
  };
  return {
    state: () => state,
    async watch(call) {
      const startedAt = performance.now();
      const report = (outcome: RequestReport['outcome']): void =>
        onRequest?.({ outcome, seconds: (performance.now() - startedAt) / 1_000 });
      try {
        const answer = await call();
        update(null);
        report('ok');
        return answer;
      } catch (error) {
        if (error instanceof ProviderError) {
          update(error);
          report(error.kind);
        }
        throw error;
      }
    },
  };
}
