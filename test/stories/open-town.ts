import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/core/backtest/random.ts';
import { remoteWrite } from '../support/remote-write.ts';
import { restartAll, type Scrape, scrapeMs, scrapeTown, type TownPast, type TownSize, toWrittenSeries, type Weather } from './town.ts';

/** What is wrong at an instant, while a version is running since its start. */
export type Forecast = (now: { readonly at: number; readonly version: string; readonly sinceMs: number }) => Weather;

/** A town that lives on from its past: a rollback hook switches its version, and its scrapes reach a Prometheus. */
export type Town = {
  running(): string;
  /** Starts a version. */
  deploy(version: string): void;
  /** Lets time pass until an instant. */
  liveUntil(at: number): Promise<void>;
};

export type TownOptions = {
  readonly past: TownPast & { readonly size: TownSize };
  readonly seed: number;
  readonly weather: Forecast;
  /** The Prometheus that takes the scrapes. */
  readonly url: string;
  /** The hook writes the version into the file `running` of this folder. */
  readonly folder: string;
};

export function openTown({ past, seed, weather, url, folder }: TownOptions): Town {
  const random = createRandom(seed);
  const state = structuredClone(past.state);
  const file = join(folder, 'running');
  let now = past.scrapes.at(-1)?.at ?? 0;
  let startedAt = now;
  let version = 'v1';
  writeFileSync(file, version);
  const running = () => readFileSync(file, 'utf8').trim();
  return {
    running,
    deploy: (next) => writeFileSync(file, next),
    async liveUntil(at) {
      const scrapes: Scrape[] = [];
      for (let next = now + scrapeMs; next <= at; next += scrapeMs) {
        if (running() !== version) {
          startedAt = now + 1_000;
          restartAll(state, startedAt);
        }
        version = running();
        const moment = { at: next, ms: scrapeMs, size: past.size, weather: weather({ at: next, version, sinceMs: next - startedAt }) };
        scrapes.push(scrapeTown(state, moment, random));
        now = next;
      }
      if (scrapes.length > 0) await remoteWrite(url, toWrittenSeries(scrapes));
    },
  };
}
