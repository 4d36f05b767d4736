import { categoryTypeOf, NerdGraphError } from './nerdgraph-schema.ts';

/** A change with the field names of New Relic. */
export type FakeChange = {
  readonly categoryAndTypeData?: {
    readonly kind?: { readonly category: string; readonly type: string } | null;
    readonly categoryFields?: { readonly deployment?: Readonly<Record<string, unknown>> | null } | null;
  } | null;
  readonly entitySearch?: { readonly query: string } | null;
  readonly timestamp?: number | null;
  readonly [name: string]: unknown;
};

/** The arguments of `changeTrackingCreateEvent`. */
export type FakeCreateEvent = {
  readonly changeTrackingEvent: FakeChange;
  readonly dataHandlingRules?: { readonly validationFlags: readonly string[] } | null;
};

const dayMs = 86_400_000;

/** Records a change like `changeTrackingCreateEvent`: it needs an entity, a known kind, and a time within a day of now. */
export function recordChange(
  { changeTrackingEvent: change, dataHandlingRules }: FakeCreateEvent,
  { changes, now }: { readonly changes: FakeChange[]; readonly now: number },
): object {
  const { categoryAndTypeData, entitySearch, timestamp } = change;
  const kind = categoryAndTypeData?.kind;
  if (!kind || !entitySearch) throw new NerdGraphError('INVALID_INPUT', 'a change needs its kind and its entity');
  const isCustom = dataHandlingRules?.validationFlags.includes('ALLOW_CUSTOM_CATEGORY_OR_TYPE');
  const categoryAndType = categoryTypeOf(kind.category, kind.type) ?? (isCustom ? 'CUSTOMER_DEFINED__CUSTOM' : null);
  if (categoryAndType === null) throw new NerdGraphError('INVALID_INPUT', `${kind.category}, ${kind.type} is no known kind of change`);
  const isDeployment = categoryAndType.startsWith('DEPLOYMENT__');
  const deployment = categoryAndTypeData?.categoryFields?.deployment;
  if (isDeployment && !deployment) throw new NerdGraphError('INVALID_INPUT', 'a deployment needs the fields of one');
  const at = timestamp ?? now;
  if (Math.abs(at - now) > dayMs) throw new NerdGraphError('INVALID_INPUT', 'the timestamp should not be more than 24 hours from now');
  changes.push(change);
  const __typename = isDeployment ? 'ChangeTrackingDeploymentEvent' : 'ChangeTrackingGenericEvent';
  const entity = { __typename: 'ApmApplicationEntityOutline', domain: 'APM', type: 'APPLICATION', guid: 'a-guid', name: 'shop' };
  const told = { ...change, ...kind, ...deployment, categoryAndType, timestamp: at, entity };
  return { changeTrackingEvent: { __typename, ...told, changeTrackingId: `change-${changes.length}` }, messages: [] };
}
