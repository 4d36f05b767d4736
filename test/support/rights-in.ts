import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { read } from '../meta/tree.ts';

const Role = z.object({
  kind: z.literal('Role'),
  rules: z.array(z.object({ resources: z.array(z.string()), verbs: z.array(z.string()) })),
});

/** The rights that the Role in a file grants, such as `get deployments`. */
export function rightsIn(file: string): ReadonlySet<string> {
  const roles = parseAllDocuments(read(file)).map((each) => Role.safeParse('toJS' in each ? each.toJS() : null));
  const rules = roles.flatMap(({ data }) => data?.rules ?? []);
  return new Set(rules.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`))));
}
