import { z } from 'zod';
import type { StateName } from '../core/bake/bake.ts';
import type { DeployFilter } from '../ports/deploy-catalog.ts';
import type { Scope } from '../ports/scope.ts';

/** The states as the filter names them. */
export const stateFilters: Readonly<Record<StateName, string>> = {
  warming: 'Warming up',
  shifting: 'Shifting traffic',
  baking: 'Baking',
  awaiting_approval: 'Needs approval',
  rolling_back: 'Rolling back',
  verifying: 'Rolled back, verifying',
  rolled_back: 'Rolled back',
  failed: 'Failed',
  inconclusive: 'Inconclusive',
  passed: 'Passed',
  superseded: 'Superseded',
  canceled: 'Canceled',
};

/** What a reader of the list of deploys asks for. An empty text filters nothing. */
export type DeploysQuery = {
  readonly text: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly commit: string;
  readonly state: StateName | null;
  /** The last deploy of the page before. */
  readonly before: { readonly registeredAt: number; readonly id: string } | null;
};

const maxText = 200;
const Before = z.tuple([z.number().int(), z.string().max(maxText)]);
// A cast: the keys of `stateFilters` are the states.
const states = Object.keys(stateFilters) as StateName[];

/** Reads the query from its address. What makes no sense is left out. */
export function readDeploysQuery(fields: Readonly<Record<string, string>>): DeploysQuery {
  const text = (name: string) => (fields[name] ?? '').trim().slice(0, maxText);
  return {
    text: text('q'),
    service: text('service'),
    environment: text('environment'),
    version: text('version'),
    commit: text('commit'),
    state: states.find((one) => one === fields.state) ?? null,
    before: fields.before === undefined ? null : readBefore(fields.before),
  };
}

/** The address of the list with a query. Empty fields are left out. */
export function deploysAddress({ text, before, state, ...rest }: DeploysQuery): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries({ q: text, ...rest, state: state ?? '' })) if (value !== '') fields.set(name, value);
  if (before !== null) fields.set('before', Buffer.from(JSON.stringify([before.registeredAt, before.id])).toString('base64url'));
  return fields.size === 0 ? '/deploys' : `/deploys?${fields}`;
}

/** The question to the store. */
export function deployFilter(query: DeploysQuery, scope: Scope, limit: number): DeployFilter {
  const given = (text: string) => (text === '' ? undefined : text);
  return {
    scope,
    limit,
    text: given(query.text),
    service: given(query.service),
    environment: given(query.environment),
    version: given(query.version),
    commit: given(query.commit),
    state: query.state ?? undefined,
    before: query.before ?? undefined,
  };
}

function readBefore(text: string): DeploysQuery['before'] {
  try {
    const [registeredAt, id] = Before.parse(JSON.parse(Buffer.from(text.slice(0, 2_000), 'base64url').toString()));
    return { registeredAt, id };
  } catch {
    return null;
  }
}
