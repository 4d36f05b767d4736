import { tickCount, tickOf, type Window } from '../base/window.ts';
import { type Cumulative, jobOf } from './answer.ts';

/** When one instance was first and for the second time seen in the asked stretch (infinite: never), and the starts of its process, oldest first. */
type InstanceSighting = { firstAt: number; secondAt: number; starts: readonly number[] };

/** Which instances were watched when: what tells a counter that is new from one that is only new to us. */
export type Sightings = {
  readonly instances: ReadonlyMap<string, Readonly<InstanceSighting>>;
  /** For each job the earliest moment at which one of its instances had been seen twice: by then the whole job had been scraped once. */
  readonly watchedSince: ReadonlyMap<string, number>;
  /** For each tick of the window, whether any instance was seen in it. */
  readonly seenTicks: readonly boolean[];
};

/**
 * Gathers the sightings of several answers about the same service, so that an instance which only the total's answer knows counts for the errors, too.
 * An instance whose scrapes are not known was seen when its own series have samples.
 */
export function sightingsOf(answers: readonly Cumulative[], window: Window): Sightings {
  const instances = new Map<string, InstanceSighting>();
  const seenTicks = new Array<boolean>(tickCount(window)).fill(false);
  const see = (sighting: InstanceSighting, at: number): void => {
    if (at < sighting.firstAt) {
      sighting.secondAt = sighting.firstAt;
      sighting.firstAt = at;
    } else if (at > sighting.firstAt && at < sighting.secondAt) sighting.secondAt = at;
    mark(seenTicks, tickOf(window, at));
  };
  for (const { instances: infos } of answers) {
    for (const info of infos) {
      const sighting = sightingOf(instances, info.instance);
      if (info.starts.length > sighting.starts.length) sighting.starts = info.starts;
      for (const at of info.seenAt) see(sighting, at);
    }
  }
  const scraped = new Set([...instances].filter(([, sighting]) => sighting.firstAt < Infinity).map(([name]) => name));
  for (const { series } of answers) {
    for (const one of series) {
      const sighting = sightingOf(instances, one.instance);
      // Samples may carry older timestamps than the scrape that brought them, so they only count where scrapes are unknown.
      for (const [at] of one.samples) scraped.has(one.instance) ? mark(seenTicks, tickOf(window, at)) : see(sighting, at);
    }
  }
  return { instances, watchedSince: watchedSince(instances), seenTicks };
}

function sightingOf(instances: Map<string, InstanceSighting>, name: string): InstanceSighting {
  const known = instances.get(name);
  if (known) return known;
  const sighting = { firstAt: Infinity, secondAt: Infinity, starts: [] };
  instances.set(name, sighting);
  return sighting;
}

function mark(seenTicks: boolean[], tick: number): void {
  if (tick >= 0 && tick < seenTicks.length) seenTicks[tick] = true;
}

function watchedSince(instances: ReadonlyMap<string, InstanceSighting>): Map<string, number> {
  const since = new Map<string, number>();
  for (const [name, { secondAt }] of instances) {
    const job = jobOf(name);
    since.set(job, Math.min(since.get(job) ?? Infinity, secondAt));
  }
  return since;
}
