import type { RuleSet } from './rule-set.ts';

const maxLength = 200;
const [maxRepeats, maxGroups] = [3, 3];
const allowed = /^[A-Za-z0-9._+@:/=~\-*?|()[\]^]*$/;

/**
 * Returns what is wrong with a pattern of services, or `null`. It is a small regular expression: a service's name is at most 200 characters long, and a
 * pattern without repeated groups and with few repeats takes no noticeable time on it.
 */
export function patternProblem(pattern: string): string | null {
  if (pattern === '') return 'must not be empty';
  if (pattern.length > maxLength) return `is ${pattern.length} characters long, the maximum is ${maxLength}`;
  if (!allowed.test(pattern)) return 'may contain only the characters of names and . * + ? | ( ) [ ] ^';
  if (/\(\?|\)[*+?]/.test(pattern)) return 'may group words, such as `team-(a|b)-.*`, but may not repeat a group';
  if ((pattern.match(/[*+?]/g) ?? []).length > maxRepeats) return `has more than ${maxRepeats} of *, + and ?`;
  if ((pattern.match(/\(/g) ?? []).length > maxGroups) return `has more than ${maxGroups} groups`;
  try {
    new RegExp(pattern);
    return null;
  } catch {
    return 'is not a regular expression';
  }
}

/** Whether the rules are for this service. A pattern matches the whole name. */
export function isForService({ service: own, pattern }: Pick<RuleSet, 'service' | 'pattern'>, service: string): boolean {
  return pattern === undefined ? own === service : new RegExp(`^(?:${pattern})$`).test(service);
}

/** The rules of one of the services that a pattern matches. */
export function rulesForService({ pattern: _, ...rest }: RuleSet, service: string): RuleSet {
  return { ...rest, service };
}

/** The services of a rule set, for people. */
export function servicesText({ service, pattern }: Pick<RuleSet, 'service' | 'pattern'>): string {
  return pattern === undefined ? service : `services like ${pattern}`;
}
