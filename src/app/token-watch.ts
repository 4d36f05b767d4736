import type { Log } from '../core/base/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredToken, TokenStore } from '../ports/token-store.ts';
import { type ExpiringToken, expiringTokens, expiryWarnings } from '../usecases/expiring-tokens.ts';
import type { AppConfig } from './app-config.ts';

export type TokenWatchDeps = {
  readonly store: Pick<TokenStore, 'tokens'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The tokens of the config that are in force. */
  readonly configured: AppConfig['tokens'];
};

/** What looks at the ends of tokens. */
export type TokenWatch = {
  /** As of the last look. */
  expiring(): readonly ExpiringToken[];
  warnings(): readonly string[];
  start(): void;
  stop(): Promise<void>;
};

const lookMs = 60_000;

/** Creates the watch. While the database is away, the last look holds. */
export function createTokenWatch({ store, clock, log, configured }: TokenWatchDeps): TokenWatch {
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  let stored: readonly StoredToken[] = [];
  const expiring = () => expiringTokens({ configured, stored }, clock.now());
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      stored = await store.tokens().catch((error: unknown) => {
        log.debug({ err: error }, 'the tokens could not be looked at');
        return stored;
      });
      await clock.sleep(lookMs, stopping.signal);
    }
  };
  return {
    expiring,
    warnings: () => expiryWarnings(expiring(), clock.now()),
    start() {
      ended = loop();
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
