/** Some services in some environments. An empty list means all. */
type ScopePart = { readonly services: readonly string[]; readonly environments: readonly string[] };
/** Where a query may look: in any of these parts. No part: nowhere. */
export type Scope = readonly ScopePart[];
