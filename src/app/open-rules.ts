import { randomUUID } from 'node:crypto';
import { AppError } from '../core/base/errors.ts';
import type { AuditEntry, AuditTrail } from '../ports/audit-trail.ts';
import type { Clock } from '../ports/clock.ts';
import type { EffectQueue } from '../ports/effect-queue.ts';
import { type RuleBookStore, seenForMs } from '../ports/rule-book-store.ts';
import { recordAfterwards } from '../usecases/audited.ts';
import type { AppConfig, AppFiles } from './app-config.ts';
import type { AppInput } from './app-input.ts';
import { createReloads, type Reloads } from './reloads.ts';
import { type LiveRuleBook, openRuleBook } from './rule-book.ts';

/** The rules of a server, and how they are loaded again. */
export type ServerRules = {
  readonly book: LiveRuleBook;
  readonly reloads: Reloads;
  /** Uses the newest rule book, and leaves work to other servers while the instances here are not those of the book. At most one look a second. */
  followBook(): Promise<void>;
  /** Records that this replica no longer runs. Never throws. */
  leave(): Promise<void>;
  /** Follows at once: a deploy must be registered by the newest rules. */
  freshenRules(): Promise<void>;
};

type RuleDeps = {
  readonly store: RuleBookStore & Pick<AuditTrail, 'recordAudit'>;
  readonly clock: Clock;
  readonly queue: EffectQueue;
  /** Whether this process alone uses the database. */
  readonly isEmbedded: boolean;
  readonly replaceInstances: (config: AppConfig) => void;
};

const followMs = 1_000;
/** A database that hangs must not keep the server from stopping. */
const leaveMs = 1_000;
/** How often this replica says that it runs. */
const seenMs = 10_000;

/** Opens the rule book with the files that the server is started with. Throws `ConfigError`, and `AppError('unavailable')`. */
export async function openRules(input: AppInput, { store, clock, queue, isEmbedded, replaceInstances }: RuleDeps): Promise<ServerRules> {
  const { config, log, files } = input;
  const replica = files?.source.replica ?? randomUUID();
  const first = files?.first ?? filesOf(input);
  const now = () => clock.now();
  const book = await openRuleBook({ store, replica, now }, first, { isExplicit: isEmbedded, by: `the start of ${replica}` });
  const load = (): AppFiles => {
    if (files === undefined) throw new AppError('conflict', 'this server was started without files');
    return files.source.load();
  };
  let isStandingBy = false;
  const obey = async () => {
    const standby = book.standby();
    if (standby !== null && !isStandingBy) log.warn({ reason: standby }, 'standing by: other servers judge');
    if (standby === null && isStandingBy) log.info({}, 'no longer standing by');
    isStandingBy = standby !== null;
    await (isStandingBy ? queue.pause() : queue.resume());
  };
  const freshenRules = async () => {
    if (isEmbedded) return;
    await book.refresh();
    await obey();
  };
  const record = (entry: AuditEntry) => recordAfterwards({ store, log }, entry);
  const reloads = createReloads({ load, book, replaceInstances, afterLoad: obey, log, isOnlyOwner: isEmbedded, record, now }, config);
  await obey();
  let [lookedAt, seenAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    book,
    reloads,
    freshenRules,
    async followBook() {
      if (performance.now() - lookedAt < followMs) return;
      lookedAt = performance.now();
      await freshenRules();
      if (isEmbedded || performance.now() - seenAt < seenMs) return;
      await store.sawReplica(replica, now());
      seenAt = performance.now();
    },
    async leave() {
      if (isEmbedded) return;
      const done = new AbortController();
      const recorded = store
        .sawReplica(replica, now() - seenForMs)
        .catch((error: unknown) => log.debug({ err: error }, 'the end of this replica was not recorded'));
      await Promise.race([recorded, clock.sleep(leaveMs, done.signal)]);
      done.abort();
    },
  };
}

/** The files of a server that was started without any. */
function filesOf({ config, ruleSets }: AppInput): AppFiles {
  return { config, entries: [...ruleSets].map(([file, ruleSet]) => ({ file, ruleSet })), refused: [], warnings: [], instances: '' };
}
