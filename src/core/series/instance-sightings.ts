import { tickCount, tickOf, type Window } from '../base/window.ts';
import { type Cumulative, jobOf } from './answer.ts';

/** When one instance was seen for the first and the second time in the requested range (infinite: never), and its process starts, oldest first. */
type InstanceSighting = { firstAt: number; secondAt: number; starts: readonly number[] };

/** Which instances were seen when. Tells a new counter from an old one that is seen for the first time. */
export type InstanceSightings = {
  readonly instances: ReadonlyMap<string, Readonly<InstanceSighting>>;
  /** Per job, when the first of its instances was seen twice: by then the whole job was scraped at least once. */
  readonly watchedSince: ReadonlyMap<string, number>;
  /** Per tick of the window, whether any instance was seen in it. */
  readonly seenTicks: readonly boolean[];
};

/**
 * Collects the sightings of all answers to one question, so that an instance in only one answer (such as the total) counts for all of them (such as the
 * errors). If the scrape times of an instance are unknown, the times of its samples count.
 */
export function sightingsOf(answers: readonly Cumulative[], window: Window): InstanceSightings {
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
  const scraped = new Set<string>();
  for (const [name, sighting] of instances) if (sighting.firstAt < Infinity) scraped.add(name);
  for (const { series } of answers) {
    for (const one of series) {
      const sighting = sightingOf(instances, one.instance);
      // A sample may have an older timestamp than its scrape, so sample times count only where scrape times are unknown.
      if (scraped.has(one.instance)) for (const sample of one.samples) mark(seenTicks, tickOf(window, sample[0]));
      else for (const sample of one.samples) see(sighting, sample[0]);
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
