import type { AppInput } from './app-input.ts';
import { createClosers } from './closers.ts';
import { openAdapters } from './open-adapters.ts';
import { openFaces } from './open-faces.ts';
import { startEngine } from './start-engine.ts';

export type App = {
  /** The address that the server listens on. */
  readonly url: string;
  /** Finishes what is under way and closes everything, last opened first. */
  stop(): Promise<void>;
};

/** Builds and starts the server: adapters, then the engine, then the faces. A start that fails closes what it has opened, and throws. */
export async function startApp(input: AppInput): Promise<App> {
  const { config, ruleSets, log } = input;
  const closers = createClosers();
  try {
    const adapters = await openAdapters(input, closers);
    const engine = await startEngine(input, adapters, closers);
    const url = await openFaces(input, { adapters, engine }, closers);
    log.info({ url, ruleSets: ruleSets.size, database: adapters.isEmbedded ? 'embedded' : 'external' }, 'ready');
    return { url, stop: closers.closeAll };
  } catch (error) {
    log.info({ config: config.server }, 'start failed');
    await closers.closeAll();
    throw error;
  }
}
