/** A link in a notice: its holder may do one act, to one deploy, while the bake is as it was. `sha256`: of the secret in its address. */
export type ActLink = {
  readonly sha256: string;
  readonly deployId: string;
  readonly verb: string;
  /** The stamp of the bake for which the link was made. */
  readonly version: string;
  /** The notifier in whose message it was sent. */
  readonly notifier: string;
  readonly expiresAt: number;
  /** `null`: not used yet. */
  readonly usedAt: number | null;
};

/** The links that were sent in notices. All replicas share them. Only hashes of secrets are stored. */
export interface ActLinkStore {
  /** Adds links, and deletes those that expired before `keepFrom`. */
  addActLinks(links: readonly Omit<ActLink, 'usedAt'>[], keepFrom: number): Promise<void>;
  findActLink(sha256: string): Promise<ActLink | null>;
  /** Uses a link up: of two calls at once, one gets `true`. `false`: it does not exist, was used, or has expired. */
  useActLink(sha256: string, at: number): Promise<boolean>;
}
