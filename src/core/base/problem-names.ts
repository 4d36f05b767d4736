/**
 * The stable name and the title of each refusal that a program must be able to tell from others with the same status. Other systems compare the names: a
 * name is never changed or used for something else. docs/reference/problems.md describes each.
 */
export const problemTitles = {
  no_deploy: 'There is no such deploy',
  no_rules: 'There are no rules for this place',
  ambiguous_rules: 'Two rule files are for this place',
  key_conflict: 'The idempotency key was used for another deploy',
  rollback_under_way: 'A rollback is under way',
  other_release_runs: 'Another release runs',
  not_in_this_state: 'The state of the bake does not allow it',
  changed: 'It has changed meanwhile',
  no_rollback_hook: 'The rules name no rollback hook that exists',
  nothing_to_roll_back_to: 'There is no release to roll back to',
  drill_not_allowed: 'The config does not allow it in this environment',
  bake_under_way: 'A bake is under way',
  no_token: 'There is no such token',
  token_exists: 'There is a token with this name',
  token_in_config: 'The token is in the config',
  no_notifier: 'There is no such notifier',
} as const;

/** The name of a refusal. */
export type ProblemName = keyof typeof problemTitles;
