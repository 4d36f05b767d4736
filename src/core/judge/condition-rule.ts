import type { z } from 'zod';
import type { Condition, RuleSet } from '../rules/rule-set.ts';
import type { TicksKind } from '../series/ticks.ts';

/** A place in a rule file that is being read: reads values by schema, and reports problems at their position. */
export interface RuleCursor {
  readonly isPresent: boolean;
  at(key: string): RuleCursor;
  /** The value as the schema gives it; `undefined` after reporting what is wrong with it. */
  take<S extends z.ZodType>(schema: S): z.output<S> | undefined;
  /** Reports a problem with the value. */
  problem(message: string, hint?: string): void;
  /** Reports a problem with the key rather than with its value. */
  keyProblem(message: string, hint?: string): void;
}

/** What is known of the check while one of its conditions is read. `kind: null`: the check asks nothing that could be read. */
export type ConditionContext = {
  readonly kind: TicksKind | null;
  readonly hasControl: boolean;
  readonly bake: RuleSet['bake'];
  /** The directions that the conditions treat as worse. Each condition adds its own. */
  readonly ways: Set<'up' | 'down'>;
};

/** One condition of `fail_when`: how people write it, and how that becomes parameters of its analyzer. */
export type ConditionRule = {
  /** Its name in texts that list all conditions, such as `above` or `slower_than with for_more_than`. */
  readonly name: string;
  /** The keys of the entry that belong to it. */
  readonly fields: Readonly<Record<string, z.ZodType>>;
  /** Where it has one key that holds a map: the keys of that map. `read` then gets the map, else the whole entry. */
  readonly map?: Readonly<Record<string, z.ZodType>>;
  /** Whether the name may stand as a bare word: its defaults are meant. `read` then gets a place at which no key is present. */
  readonly isBare: boolean;
  readonly kinds: readonly TicksKind[];
  /** Flap damping where the rule does not say, by the number of ticks of the bake. `null`: it weighs all readings together and takes no `for`. */
  readonly damping: ((ticks: number) => Condition['damping']) | null;
  /** The analyzer's parameters. Everything wrong is reported. */
  readonly read: (cursor: RuleCursor, context: ConditionContext) => Condition['params'];
};

/** One parameter of a condition with looser settings to try, tightest first; the last is as loose as makes sense. `now: null`: not written. */
export type LooserSettings = { readonly param: string; readonly now: number | null; readonly settings: readonly number[] };

/** One breach of one reading is enough. */
export const eachReading = (): Condition['damping'] => ({ k: 1, n: 1 });
