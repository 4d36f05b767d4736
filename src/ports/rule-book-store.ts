import type { OperatorPolicy } from '../core/bake/plan.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';

/** The rules of one service and environment, and the file that they come from, relative to the config. */
export type BookEntry = { readonly file: string; readonly ruleSet: RuleSet };

/** What all replicas must agree on. */
export type BookContent = { readonly entries: readonly BookEntry[]; readonly policy: OperatorPolicy };

/**
 * The rule book of the fleet. `instances`: a digest of what the config says of providers, hooks, traffic and notifiers. `loadedBy`: who loaded it, and how.
 */
export type RuleBook = BookContent & {
  readonly version: number;
  readonly instances: string;
  readonly loadedAt: number;
  readonly loadedBy: string;
};

/** The files of one replica, offered as the rule book. */
export type BookOffer = {
  /** The replica that offers: the same before and after its restart. */
  readonly replica: string;
  readonly content: BookContent;
  readonly instances: string;
  /** It wins, even over a newer book: a person asked for it, or the database has one owner. */
  readonly isExplicit: boolean;
  readonly at: number;
  readonly by: string;
};

/**
 * `current`: the fleet uses these files already. `loaded`: they are the new rule book. `older`: the fleet used them before, and has a newer book now.
 * The book is the one that the fleet uses from now on.
 */
export type BookAnswer = { readonly outcome: 'current' | 'loaded' | 'older'; readonly book: RuleBook };

/** How long a replica counts as running after it was seen. */
export const seenForMs = 45_000;

/** The rule book that all replicas share. */
export interface RuleBookStore {
  /** The version of the rule book, 0 where none was ever loaded. */
  ruleBookVersion(): Promise<number>;
  ruleBook(): Promise<RuleBook | null>;
  /**
   * Offers files as the rule book. They win where the book has never had them, where they are offered explicitly, where this replica had the current book
   * before, so that its files were changed since, and where no other replica that was seen lately has the current book. Offers are decided one after the
   * other.
   */
  offerRuleBook(offer: BookOffer): Promise<BookAnswer>;
  /** Records that a replica runs. With an `at` of `seenForMs` ago it counts as stopped. */
  sawReplica(replica: string, at: number): Promise<void>;
}
