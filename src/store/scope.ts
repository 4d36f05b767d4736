import type { Scope } from '../ports/scope.ts';
import { and, inArray, or, type SQL, type SQLWrapper, sql } from './drizzle.ts';
import { jsonText, slot } from './statement.ts';

type ScopedColumns = { readonly service: SQLWrapper; readonly environment: SQLWrapper };

/** True for a row in the scope of the slot `scope`. */
export function inScope({ service, environment }: ScopedColumns): SQL {
  const has = (list: string, column: SQLWrapper) =>
    sql`(part->${sql.raw(`'${list}'`)} = '[]'::jsonb or part->${sql.raw(`'${list}'`)} @> to_jsonb(${column}))`;
  return sql`exists (
    select from jsonb_array_elements(${slot('scope')}::jsonb) part where ${has('services', service)} and ${has('environments', environment)})`;
}

/** The same for drizzle's builder, whose statements are not compiled. */
export function isWithin(scope: Scope, { service, environment }: ScopedColumns): SQL {
  const parts = scope.map(({ services, environments }) => {
    const isOfServices = services.length === 0 ? undefined : inArray(service, [...services]);
    return and(sql`true`, isOfServices, environments.length === 0 ? undefined : inArray(environment, [...environments]));
  });
  return or(sql`false`, ...parts) ?? sql`false`;
}

/** The value of the slot `scope`. */
export function scopeText(scope: Scope): string {
  return jsonText(scope.map(({ services, environments }) => ({ services, environments })));
}
