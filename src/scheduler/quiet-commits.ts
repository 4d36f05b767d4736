import type { Log } from '../core/base/log.ts';
import type { BakeStore, QuietCommit } from '../ports/bake-store.ts';

/** Commits passes that move nothing, many in one transaction. */
export type QuietCommits = {
  /** Returns false where nothing was written: the caller then commits it alone. */
  readonly write: (commit: QuietCommit) => Promise<boolean>;
};

/** At most one transaction begins in `waitMs`, unless `max` commits wait for it. */
export type QuietOptions = { readonly waitMs: number; readonly max: number };

type Waiting = { readonly commit: QuietCommit; readonly resolve: (isWritten: boolean) => void };

/**
 * Collects commits. A commit that comes alone is written at once; of those that come in quick succession, each waits at most `waitMs`. More than nine of
 * ten passes move nothing, and a transaction for each of them costs the database five times as much. A transaction that fails holds up none of its
 * commits: each is tried again alone.
 */
export function createQuietCommits(
  { store, log }: { readonly store: Pick<BakeStore, 'updateQuietly'>; readonly log: Log },
  { waitMs, max }: QuietOptions,
): QuietCommits {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | null = null;
  let lastAt = Number.NEGATIVE_INFINITY;

  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const batch = waiting;
    waiting = [];
    lastAt = performance.now();
    const written = await store.updateQuietly(batch.map(({ commit }) => commit)).catch((error: unknown) => {
      log.debug({ err: error, commits: batch.length }, 'commits failed together; each is tried alone');
      return new Set<string>();
    });
    for (const { commit, resolve } of batch) resolve(written.has(commit.next.id));
  };
  return {
    write: (commit) =>
      new Promise((resolve) => {
        waiting.push({ commit, resolve });
        const pauseMs = lastAt + waitMs - performance.now();
        if (waiting.length >= max || pauseMs <= 0) void flush();
        else timer ??= setTimeout(() => void flush(), pauseMs);
      }),
  };
}
