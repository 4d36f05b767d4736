import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, execute, isEnumType, KnownTypeNamesRule, parse, specifiedRules, validate } from 'graphql';

/** The part of NerdGraph that we ask. */
const schema = buildSchema(readFileSync(join(import.meta.dirname, 'nerdgraph.graphql'), 'utf8'));

/** There are dozens of kinds of entities: a fragment on one that is not listed here matches nothing, and is no mistake. */
const rules = specifiedRules.filter((rule) => rule !== KnownTypeNamesRule);

/** A document as it was sent, with its variables. */
export type Call = { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> | undefined };

/** What went wrong in the eyes of NerdGraph: a class beside the message. */
export class NerdGraphError extends Error {
  readonly extensions: { readonly errorClass: string };
  constructor(errorClass: string, message: string) {
    super(message);
    this.extensions = { errorClass };
  }
}

/** Answers a document with what `root` resolves: what it does not ask for is left out, and what it may not ask is refused. */
export async function runNerdGraph({ query, variables = {} }: Call, root: object): Promise<object> {
  try {
    const document = parse(query);
    const errors = validate(schema, document, rules);
    if (errors.length > 0) return { errors };
    const { data, errors: more } = await execute({ schema, document, rootValue: root, variableValues: variables });
    return { data, ...(more && { errors: more }) };
  } catch (error) {
    return { errors: [error] };
  }
}

/** The combination of a category and a type by the name that New Relic has for it, however the two are written; `null` where it has none. */
export function categoryTypeOf(category: string, type: string): string | null {
  const known = schema.getType('ChangeTrackingCategoryType');
  const name = `${category}__${type}`.toUpperCase().replaceAll(' ', '_');
  return isEnumType(known) && known.getValue(name) ? name : null;
}
