/** How somebody signed in: at the identity provider, with a one-time link, or with a token. */
export type SignInKind = 'provider' | 'link' | 'token';

/** The person who signed in. `issuer` and `subject` identify it; `name` is shown and recorded. Of a token, `subject` is a reference to it. */
export type SignedInPerson = {
  readonly kind: SignInKind;
  /** The identity provider; empty for links, and `token` for tokens. */
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  /** Only an address that the provider has verified, or whose provider is trusted to have. */
  readonly email: string | null;
  readonly groups: readonly string[];
};

/** A session, without the secret in its cookie. `csrfSecret`: for the tokens in its forms. */
export type Session = SignedInPerson & {
  readonly id: string;
  readonly csrfSecret: string;
  readonly createdAt: number;
  readonly seenAt: number;
  /** When its cookie got a new secret. */
  readonly renewedAt: number;
};

/** A session that begins. `sha256`: of the secret in its cookie. `max`: how many sessions the person may have; the oldest ones end. */
export type NewSession = {
  readonly id: string;
  readonly sha256: string;
  readonly csrfSecret: string;
  readonly person: SignedInPerson;
  readonly at: number;
  readonly max: number;
};

/** A new secret for the cookie. The former one stays valid until `graceUntil`, for requests that are under way. */
export type SessionRenewal = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly graceUntil: number;
};

/** A link that signs its holder in once. `by`: who made it. */
export type SignInLink = { readonly sha256: string; readonly by: string; readonly at: number; readonly expiresAt: number };

/** Who has signed in. Every call sees at once what another replica has changed. Only hashes of secrets are stored. */
export interface SessionStore {
  /** Begins a session. All sessions of the person get the groups, the name and the address of `person`, which are the newest. */
  addSession(session: NewSession): Promise<void>;
  /** Finds a session by the hash of its secret, also by the former secret until its grace is over. */
  findSession(sha256: string, at: number): Promise<Session | null>;
  sawSession(id: string, at: number): Promise<void>;
  /** Returns false, and changes nothing, where another request has renewed it meanwhile. */
  renewSession(renewal: SessionRenewal): Promise<boolean>;
  /** All sessions, the one that was used last first. */
  sessions(): Promise<readonly Session[]>;
  /** Ends a session and returns it; `null`: it does not exist. */
  endSession(id: string): Promise<Session | null>;
  /** Deletes the sessions that began or were used before, and the links that were valid until before `at`. Returns how many sessions. */
  pruneSessions(old: { readonly createdBefore: number; readonly seenBefore: number; readonly at: number }): Promise<number>;
  addSignInLink(link: SignInLink): Promise<void>;
  /** Uses a link up, and returns who made it. `null`: it does not exist, was used, or is no longer valid. */
  useSignInLink(sha256: string, at: number): Promise<{ readonly by: string } | null>;
}
