import type { StateName } from '../core/bake/bake.ts';
import type { Freeze } from '../core/bake/facts.ts';
import { concernLevels } from '../core/judge/nearest-check.ts';
import type { ServiceSummary } from '../ports/deploy-catalog.ts';
import type { FreezeStore } from '../ports/freeze-store.ts';
import type { OverviewStore, TroubleRecord } from '../ports/overview-store.ts';
import { type Caller, scopeOf } from './caller.ts';
import {
  type LinePage,
  matchesQuickFilter,
  matchesSearch,
  type OverviewQuery,
  pageOf,
  placeKey,
  type QuickFilter,
  quickFilters,
} from './overview-query.ts';
import { isBaking, needsPerson, type PlaceLine, placeLine } from './place-line.ts';

/** A line of the table with the states of its last deploys, oldest first. */
export type OverviewLine = PlaceLine & { readonly recent: readonly StateName[]; readonly isFrozen: boolean };

/** All that the overview shows. */
export type Overview = {
  /** No deploy has been registered where the caller may read. */
  readonly isEmpty: boolean;
  readonly freezes: readonly Freeze[];
  readonly environments: readonly string[];
  readonly counts: Readonly<Record<QuickFilter, number>>;
  /** The most suspicious first. `more`: how many are left out. */
  readonly baking: { readonly lines: readonly PlaceLine[]; readonly more: number };
  /** What needs a person first, then the newest. */
  readonly wrong: { readonly records: readonly TroubleRecord[]; readonly more: number };
  readonly services: number;
  readonly total: number;
  readonly page: LinePage<OverviewLine>;
};

/** A line with what it was made of. */
type NamedLine = PlaceLine & { readonly place: ServiceSummary };

export type OverviewSource = OverviewStore & FreezeStore;

type OverviewRequest = { readonly caller: Pick<Caller, 'grants' | 'may'>; readonly query: OverviewQuery; readonly now: number };

/** How long something counts as having gone wrong lately. */
export const latelyMs = 86_400_000;
export const linesOfPage = 50;
export const maxRecent = 12;
const maxCards = 12;
const maxWrong = 10;

/** Assembles the overview from a few questions about all places of the caller at once. */
export async function viewOverview(store: OverviewSource, { caller, query, now }: OverviewRequest): Promise<Overview> {
  const scope = scopeOf(caller, 'read');
  const [places, freezes, troubles] = await Promise.all([
    store.placesIn(scope),
    store.freezes(now),
    store.troubles(scope, { since: now - latelyMs, limit: 100 }),
  ]);
  const lines = await linesOf(store, places);
  const found = lines.filter((line) => matchesSearch(line, query));
  const shown = found.filter((line) => matchesQuickFilter(line, query.show));
  const seenFreezes = freezes.filter(({ service }) => service === null || caller.may('read', { service }));
  const baking = found.filter(({ latest }) => isBaking(latest.bake)).toSorted(bySuspicion);
  const wrong = troubles.filter((record) => isFound(record, query)).toSorted((a, b) => Number(needsPerson(b)) - Number(needsPerson(a)));
  return {
    isEmpty: places.length === 0,
    freezes: seenFreezes,
    environments: [...new Set(places.map(({ environment }) => environment))].toSorted(),
    counts: countBy(found),
    baking: { lines: baking.slice(0, maxCards), more: Math.max(0, baking.length - maxCards) },
    wrong: { records: wrong.slice(0, maxWrong), more: Math.max(0, wrong.length - maxWrong) },
    services: new Set(shown.map(({ service }) => service)).size,
    total: shown.length,
    page: await complete(store, pageOf(shown, query, linesOfPage), seenFreezes),
  };
}

/** The answers that the order of all lines needs: of bakes under way, and of passes that may be unproven. */
async function linesOf(store: OverviewStore, places: readonly ServiceSummary[]): Promise<readonly NamedLine[]> {
  const isNeeded = ({ latest: { bake } }: ServiceSummary) => isBaking(bake) || (bake.state === 'passed' && bake.confidence === 'low');
  const answers = await store.newestAnswers(places.filter(isNeeded).map(({ latest }) => latest.bake.id));
  return places.map((place) => ({ ...placeLine(place, answers.get(place.latest.bake.id) ?? []), place }));
}

/** Completes the lines of one page: the answers of the other passes, and the last deploys. */
async function complete(store: OverviewStore, page: LinePage<NamedLine>, freezes: readonly Freeze[]): Promise<Overview['page']> {
  const passed = page.lines.filter(({ latest: { bake } }) => bake.state === 'passed' && bake.confidence === 'full');
  const [answers, recent] = await Promise.all([
    store.newestAnswers(passed.map(({ latest }) => latest.bake.id)),
    store.recentStates(page.lines, maxRecent),
  ]);
  const byPlace = new Map(recent.map((one) => [placeKey(one), one.states]));
  const lines = page.lines.map(({ place, ...line }) => {
    const own = answers.get(line.latest.bake.id);
    const isFrozen = freezes.some(({ service }) => service === null || service === line.service);
    return { ...line, ...(own && placeLine(place, own)), recent: byPlace.get(placeKey(line)) ?? [], isFrozen };
  });
  return { ...page, lines };
}

function countBy(lines: readonly PlaceLine[]): Overview['counts'] {
  const count = (show: QuickFilter) => lines.filter((line) => matchesQuickFilter(line, show)).length;
  const [all, needs, baking, wrong] = quickFilters.map(count);
  return { all: all ?? 0, needs: needs ?? 0, baking: baking ?? 0, wrong: wrong ?? 0 };
}

/** The worst level first, then the most evidence, then the one that is decided first. */
function bySuspicion(a: PlaceLine, b: PlaceLine): number {
  const rank = ({ nearest }: PlaceLine) => concernLevels.indexOf(nearest.level);
  return rank(a) - rank(b) || b.nearest.nearness - a.nearest.nearness || endOf(a) - endOf(b);
}

function endOf({ latest: { bake } }: PlaceLine): number {
  return bake.state === 'baking' ? bake.endsAt : Number.POSITIVE_INFINITY;
}

function isFound(record: TroubleRecord, query: OverviewQuery): boolean {
  const { service, environment } = record.deploy;
  return matchesSearch(placeLine({ service, environment, latest: record, knownGood: null }, []), query);
}
