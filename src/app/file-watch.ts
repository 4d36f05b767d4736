import type { Log } from '../core/base/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { FileSource } from './file-source.ts';

export type FileWatchDeps = {
  readonly source: Pick<FileSource, 'fingerprints'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when files have changed and are at rest. */
  readonly onChange: () => Promise<unknown>;
};

export type FileWatch = {
  start(): void;
  stop(): Promise<void>;
};

/** How often the files are looked at. */
const lookMs = 1_000;

/**
 * Watches the files of a server. It looks at them again and again: that sees the switch of a link (a mounted ConfigMap) and files on a network, where the
 * system announces nothing. Files that change between two looks are still being written; they count as changed once two looks find the same.
 */
export function createFileWatch({ source, clock, log, onChange }: FileWatchDeps, first: ReadonlyMap<string, string>): FileWatch {
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  let loaded = first;
  let seen = first;

  async function look(): Promise<void> {
    const now = await source.fingerprints();
    const isAtRest = isSame(now, seen);
    seen = now;
    if (!isAtRest || isSame(now, loaded)) return;
    await onChange();
    // The load may read other files than before. Of the others, the state before the load counts, so that a change during the load is seen.
    loaded = new Map([...(await source.fingerprints())].map(([path, state]) => [path, now.get(path) ?? state]));
    seen = loaded;
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(lookMs, stopping.signal);
      if (stopping.signal.aborted) return;
      await look().catch((error: unknown) => log.error({ err: error }, 'the watch over the files failed'));
    }
  }

  return {
    start() {
      ended = loop();
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([path, state]) => other.get(path) === state);
}
