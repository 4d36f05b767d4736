import type { Place } from '../ports/hook.ts';
import { isBaking, type PlaceLine, standings } from './place-line.ts';

/** The quick filters of the overview. */
export const quickFilters = ['all', 'needs', 'baking', 'wrong'] as const;
/** `needs`: a person has to decide. `wrong`: the newest deploy went wrong, or could not be judged. */
export type QuickFilter = (typeof quickFilters)[number];

export const lineOrders = ['trouble', 'name', 'newest'] as const;
/** The order of the places. */
export type LineOrder = (typeof lineOrders)[number];

/** What a reader of the overview asks for. `text`: a part of a service, release or person, or the start of a commit. */
export type OverviewQuery = {
  readonly text: string;
  readonly environment: string | null;
  readonly show: QuickFilter;
  readonly order: LineOrder;
  /** The key of the last line of the page before; see `keyOf`. */
  readonly after: LineKey | null;
};

/** Where a line stands in its order. Unlike a number of a line, it stays right when other lines move. */
export type LineKey = readonly (number | string)[];

export function matchesQuickFilter({ latest, standing }: PlaceLine, show: QuickFilter): boolean {
  if (show === 'needs') return standing === 'needs_person';
  if (show === 'baking') return isBaking(latest.bake);
  return show === 'all' || standing === 'needs_person' || standing === 'went_wrong' || standing === 'undecided';
}

/** Whether a line has the text and the environment of a query. */
export function matchesSearch(line: PlaceLine, { text, environment }: Pick<OverviewQuery, 'text' | 'environment'>): boolean {
  if (environment !== null && line.environment !== environment) return false;
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  const { release, registeredBy } = line.latest.deploy;
  const names = [line.service, release.version, line.runs ?? '', line.knownGood ?? '', registeredBy];
  return names.some((name) => name.toLowerCase().includes(wanted)) || (release.commit ?? '').toLowerCase().startsWith(wanted);
}

/** A page of lines: how many come before it, and the key to go on with; `null`: it is the last page. */
export type LinePage<Line extends PlaceLine = PlaceLine> = {
  readonly lines: readonly Line[];
  readonly before: number;
  readonly next: LineKey | null;
};

/** Sorts lines, and cuts the page after a key. */
export function pageOf<Line extends PlaceLine>(
  lines: readonly Line[],
  { order, after }: Pick<OverviewQuery, 'order' | 'after'>,
  size: number,
): LinePage<Line> {
  const keyed = lines.map((line) => ({ line, key: keyOf(line, order) })).toSorted((a, b) => compareKeys(a.key, b.key));
  const rest = after === null ? keyed : keyed.filter(({ key }) => compareKeys(key, after) > 0);
  const page = rest.slice(0, size);
  return {
    lines: page.map(({ line }) => line),
    before: keyed.length - rest.length,
    next: rest.length > size ? (page.at(-1)?.key ?? null) : null,
  };
}

function keyOf({ standing, deployedAt, service, environment }: PlaceLine, order: LineOrder): LineKey {
  if (order === 'name') return [service, environment];
  return [order === 'newest' ? -deployedAt : standings.indexOf(standing), service, environment];
}

function compareKeys(a: LineKey, b: LineKey): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined || typeof left !== typeof right) return 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** The key of a place in maps. */
export function placeKey({ service, environment }: Place): string {
  return JSON.stringify([service, environment]);
}
