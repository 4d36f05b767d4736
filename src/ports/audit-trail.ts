/**
 * What kind of actor did something. `local`: a caller of a server without tokens. `token`: a caller with a token. `person`: somebody who has signed in.
 * `chat`: somebody who pressed a button in a message. `server`: Bakewatch itself, or a signal on its machine. `unknown`: nobody that the server knows.
 */
export const auditActorKinds = ['local', 'token', 'person', 'chat', 'server', 'unknown'] as const;
export type AuditActor = { readonly kind: (typeof auditActorKinds)[number]; readonly name: string };

/** Who did something, in which request, and from which address. `null`: not known, or there was no request. */
export type AuditOrigin = { readonly actor: AuditActor; readonly requestId: string | null; readonly address: string | null };

/** `refused`: the actor may not do it. `failed`: it was begun, and did not work. */
export const auditOutcomes = ['done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** Where something was done. `service: null`: in no service, or in all of them. `environment: null`: in no environment, or in all of them. */
export type AuditPlace = { readonly service: string | null; readonly environment: string | null };

/** One thing that somebody did or tried. */
export type AuditEntry = AuditOrigin & {
  readonly at: number;
  /** A short name, such as `freeze` or `token.revoke`: lower-case words, joined by `.`, `_` or `-`. */
  readonly verb: string;
  /** `null`: it belongs to no service. */
  readonly place: AuditPlace | null;
  readonly deployId?: string | undefined;
  readonly outcome: AuditOutcome;
  /** A short text for people, without secrets. Longer than 2,000 characters, it is cut. */
  readonly detail: string;
  /** How many times it happened, where one row stands for several refusals. Default: once. */
  readonly count?: number | undefined;
};

/** A row of the trail. `seq` counts from 1 without gaps. `hash` covers all other fields, and `previousHash` is the hash of the row before. */
export type AuditRow = Omit<AuditEntry, 'place' | 'deployId' | 'count'> & {
  readonly seq: number;
  readonly place: AuditPlace;
  readonly deployId: string | null;
  readonly count: number;
  readonly previousHash: string;
  readonly hash: string;
};

/** Which rows may be seen: an empty list means all. Rows without a service are seen only where both lists are empty. */
export type AuditScope = { readonly services: readonly string[]; readonly environments: readonly string[] };

/** Which rows are asked for. `scopes`: a row must be in one of them. `after`: the `seq` of the last row of the page before. `since` and `until` are instants; the second is left out. */
export type AuditQuestion = {
  readonly scopes: readonly AuditScope[];
  readonly verb?: string | undefined;
  readonly actor?: string | undefined;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly order: 'newest' | 'oldest';
  readonly after?: number | undefined;
  readonly limit: number;
};

/** A row, as a person has noted it, to prove later that the trail still contains it. */
export type AuditMark = { readonly seq: number; readonly hash: string };

/** The result of a check of the whole chain. `first`: the oldest row that is kept. `fault`: the first row that is not as it was written, and why. */
export type AuditCheck = {
  readonly rows: number;
  readonly first: number | null;
  readonly head: AuditMark | null;
  readonly fault: { readonly seq: number; readonly why: string } | null;
};

/** The append-only trail of what people, tokens and strangers did with the server. Each row is chained to the row before by its hash. */
export interface AuditTrail {
  /**
   * Appends a row of its own, for what is no write to this database. What is one takes its entry into the same transaction: `Commit.audit`,
   * `FreezeStore.setFreeze`, `FreezeStore.liftFreeze`.
   */
  recordAudit(entry: AuditEntry): Promise<void>;
  auditRows(question: AuditQuestion): Promise<readonly AuditRow[]>;
  /** Computes every hash again, from the oldest row to the newest. `expected`: a row that must be there as it was. */
  checkAudit(expected?: AuditMark): Promise<AuditCheck>;
  /**
   * Deletes at most `limit` of the oldest rows, which happened before an instant, and appends a checkpoint: a row with the `seq` and the hash of the last
   * row that was deleted. Returns how many were deleted.
   */
  cutAudit(cut: { readonly before: number; readonly at: number; readonly limit: number }): Promise<number>;
}
