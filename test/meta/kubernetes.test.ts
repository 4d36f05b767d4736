import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { read } from './tree.ts';

const Named = z.looseObject({ kind: z.string(), metadata: z.object({ name: z.string(), namespace: z.literal('shop') }) });
const Config = z.object({
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({ name: z.string() })),
  users: z.array(z.object({ name: z.string() })),
});
const Bakewatch = z.object({ hooks: z.object({ cluster: z.object({ context: z.string(), namespace: z.literal('shop') }) }) });

describe('the example for Kubernetes', () => {
  test('binds one role to one account, in the namespace of the config', () => {
    const documents = parseAllDocuments(read('examples/kubernetes/role.yaml'));
    if ('empty' in documents) throw new Error('no documents');
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    const objects = documents.map((each) => Named.parse(each.toJS()));
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ServiceAccount bakewatch',
      'Role bakewatch-rollback',
      'RoleBinding bakewatch-rollback',
      'Secret bakewatch-token',
    ]);
    expect(objects[2]).toMatchObject({ subjects: [{ name: 'bakewatch' }], roleRef: { name: 'bakewatch-rollback' } });
  });

  test('has the context that the hook names, and no other that could be taken by mistake', () => {
    const { contexts, clusters, users } = Config.parse(parse(read('examples/kubernetes/kubeconfig.yaml')));
    const { cluster } = Bakewatch.parse(parse(read('examples/kubernetes/bakewatch.yaml'))).hooks;
    expect(contexts).toEqual([{ name: cluster.context, context: { cluster: clusters[0]?.name, user: users[0]?.name } }]);
  });
});
