export const tokenVerbs = ['register', 'read', 'operate', 'alert', 'admin'] as const;

/** What a caller may do. `admin` manages who else may call: it may give away each verb for its own places. */
export type TokenVerb = (typeof tokenVerbs)[number];

/** Verbs for some services in some environments. Empty lists of services or environments mean all. */
export type Grant = {
  readonly verbs: readonly TokenVerb[];
  readonly services: readonly string[];
  readonly environments: readonly string[];
};
