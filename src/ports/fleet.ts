/** The servers that share one database. */
export interface Fleet {
  /** Notes that a server is alive, and returns how many are: those that did the same since `aliveSince`, this one included. Others are forgotten. */
  beat(server: { readonly id: string; readonly now: number; readonly aliveSince: number }): Promise<number>;
  /** A server ends: it no longer counts. */
  leave(id: string): Promise<void>;
}
