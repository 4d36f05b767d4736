import { z } from 'zod';
import { filesBelow, read } from '../meta/tree.ts';

const Annotations = z.object({
  name: z.string(),
  datasource: z.string(),
  builtIn: z.number().optional(),
  tags: z.array(z.string()).default([]),
  target: z.object({ type: z.string(), tags: z.array(z.string()) }).optional(),
});
const Panel = z.object({
  id: z.int(),
  type: z.string(),
  title: z.string().min(1),
  datasource: z.string().optional(),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.array(z.object({ refId: z.string(), expr: z.string().min(1) })).default([]),
  options: z.object({ tags: z.array(z.string()).optional() }).default({}),
});
const Variable = z.object({ name: z.string(), type: z.string(), query: z.string(), datasource: z.string().optional() });
const Dashboard = z.object({
  id: z.null(),
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int(),
  panels: z.array(Panel),
  templating: z.object({ list: z.array(Variable) }),
  annotations: z.object({ list: z.array(Annotations) }),
});
export type Dashboard = z.output<typeof Dashboard> & { readonly path: string };

/** The dashboards among the examples. */
export function readDashboards(): readonly Dashboard[] {
  const paths = filesBelow('examples/grafana').filter((path) => path.endsWith('.json'));
  return paths.map((path) => ({ path, ...Dashboard.parse(JSON.parse(read(path))) }));
}

/** What Grafana puts in the place of the variables of a query or a tag. */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\w+)|\$\{(\w+)\}/g, (_, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? '';
    const value = values[name];
    if (value === undefined) throw new Error(`there is no variable ${name}`);
    return value;
  });
}
