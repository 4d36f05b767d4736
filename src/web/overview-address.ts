import { z } from 'zod';
import { type LineKey, lineOrders, type OverviewQuery, quickFilters } from '../usecases/overview-query.ts';

const maxText = 200;
const Key = z
  .array(z.union([z.number(), z.string().max(maxText)]))
  .min(1)
  .max(3);

/** Reads the query of the overview from its address. What makes no sense is left out: an old bookmark still opens the page. */
export function readOverviewQuery(fields: Readonly<Record<string, string>>): OverviewQuery {
  const { q = '', environment = '', show, sort, after } = fields;
  return {
    text: q.slice(0, maxText),
    environment: environment === '' ? null : environment.slice(0, maxText),
    show: quickFilters.find((one) => one === show) ?? 'all',
    order: lineOrders.find((one) => one === sort) ?? 'trouble',
    after: after === undefined ? null : readKey(after),
  };
}

/** The address of the overview with a query. Defaults are left out. */
export function overviewAddress({ text, environment, show, order, after }: OverviewQuery): string {
  const fields = new URLSearchParams();
  if (text !== '') fields.set('q', text);
  if (environment !== null) fields.set('environment', environment);
  if (show !== 'all') fields.set('show', show);
  if (order !== 'trouble') fields.set('sort', order);
  if (after !== null) fields.set('after', Buffer.from(JSON.stringify(after)).toString('base64url'));
  return fields.size === 0 ? '/' : `/?${fields}`;
}

function readKey(text: string): LineKey | null {
  try {
    return Key.safeParse(JSON.parse(Buffer.from(text.slice(0, 2_000), 'base64url').toString())).data ?? null;
  } catch {
    return null;
  }
}
