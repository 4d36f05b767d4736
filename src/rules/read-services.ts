import type { RuleSet } from '../core/rules/rule-set.ts';
import { patternProblem } from '../core/rules/service-pattern.ts';
import type { Cursor } from './cursor.ts';
import { RuleFile } from './rule-file.ts';

type ServiceRef = Pick<RuleSet, 'service' | 'pattern'>;

const keys = ['service', 'services', 'match'] as const;

/** Reads whom a rule file is for: one service, several, or all that a pattern matches. Empty where none is named; that is reported. */
export function readServices(top: Cursor): readonly ServiceRef[] {
  const [first, second] = keys.filter((key) => top.at(key).isPresent);
  if (first !== undefined && second !== undefined)
    top.at(second).problem(`is given next to \`${first}\``, 'give one of `service`, `services` and `match`');
  if (top.at('match').isPresent) return readPattern(top.at('match'));
  if (!top.at('services').isPresent) return [{ service: top.at('service').take(RuleFile.shape.service.unwrap()) ?? '' }];
  const services = top.at('services').take(RuleFile.shape.services) ?? [];
  for (const [i, name] of services.entries()) if (services.indexOf(name) < i) top.at('services').at(i).problem(`${name} is listed twice`);
  return [...new Set(services)].map((service) => ({ service }));
}

function readPattern(cursor: Cursor): readonly ServiceRef[] {
  const match = cursor.take(RuleFile.shape.match);
  if (match === undefined || match === null) return [];
  const problem = patternProblem(match.service);
  if (problem !== null) cursor.at('service').problem(problem, 'write a pattern such as `team-a-.*`');
  return [{ service: match.service, pattern: match.service }];
}
