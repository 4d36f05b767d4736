import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { read, root } from './tree.ts';

const has = (program: string, ...args: readonly string[]) => spawnSync(program, args).status === 0;
const Manifest = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
type Manifest = z.infer<typeof Manifest>;

/** Where the types of the Kubernetes API are for an API version: generated from its OpenAPI document. */
const modules: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking/v1',
  'rbac.authorization.k8s.io/v1': 'rbac/v1',
};

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-manifests-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The example as `kubectl` makes it, with made-up secrets. */
function rendered(): readonly Manifest[] {
  const folder = aFolder();
  cpSync(join(root, 'deploy/kubernetes'), folder, { recursive: true });
  for (const name of ['database-url', 'ci-token', 'slack-url']) writeFileSync(join(folder, 'example/secrets', name), `made-up-for-${name}`);
  const { stdout, stderr, status } = spawnSync('kubectl', ['kustomize', join(folder, 'example')], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const documents = parseAllDocuments(stdout);
  if ('empty' in documents) throw new Error('no documents');
  return documents.map((each) => Manifest.parse(each.toJS()));
}

/** What the compiler says of manifests as values of the types of the API: an unknown field or a value of another kind is an error. */
function complaints(manifests: readonly Manifest[]): string {
  const lines = manifests.flatMap((manifest, i) => {
    const from = modules[manifest.apiVersion];
    if (from === undefined) throw new Error(`no types for ${manifest.apiVersion}`);
    return [
      `import type { ${manifest.kind} as T${i} } from 'kubernetes-types/${from}.d.ts';`,
      `export const m${i}: T${i} = ${JSON.stringify(manifest, null, 1)};`,
    ];
  });
  // Below the checkout, so that its packages are found.
  const folder = mkdtempSync(join(root, 'node_modules/.cache-manifests-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--allowImportingTsExtensions',
    '--module',
    'nodenext',
    '--target',
    'es2024',
  ];
  const ran = spawnSync(join(root, 'node_modules/.bin/tsc'), [...options, join(folder, 'manifests.ts')], { encoding: 'utf8', cwd: folder });
  return `${ran.stdout}${ran.stderr}`;
}

describe.runIf(has('kubectl', 'version', '--client'))('the manifests for Kubernetes', () => {
  test('are what the API of Kubernetes takes', () => {
    const known = rendered().filter(({ kind }) => kind !== 'ServiceMonitor');
    expect(known.length).toBeGreaterThan(9);
    expect(complaints(known)).toBe('');
    const [deployment] = known.filter(({ kind }) => kind === 'Deployment');
    // The check can fail.
    expect(complaints([Manifest.parse({ ...deployment, spec: { ...Object(deployment?.spec), replica: 2 } })])).toContain('"replica"');
  });

  test('give the pods no right to write anywhere, nor to more than they need', () => {
    const all = rendered();
    const [pods] = all.filter(({ kind }) => kind === 'Deployment');
    expect(JSON.stringify(pods)).toContain('"readOnlyRootFilesystem":true');
    expect(JSON.stringify(pods)).toContain('"runAsNonRoot":true');
    expect(all.filter(({ kind }) => /ClusterRole/.test(kind))).toEqual([]);
    const roles = all.filter(({ kind }) => kind === 'Role').map(({ rules }) => JSON.stringify(rules));
    expect(roles).toEqual([expect.not.stringMatching(/secrets|\*|create|delete/)]);
  });

  test('mount what the config of the example reads', () => {
    const text = JSON.stringify(rendered().find(({ kind }) => kind === 'Deployment'));
    const config = read('deploy/kubernetes/example/bakewatch.yaml') + read('deploy/kubernetes/example/kubeconfig.yaml');
    const mounts = [...text.matchAll(/"mountPath":"([^"]+)"/g)].map(([, path = '']) => path);
    const paths = [...config.matchAll(/(?:file:|: )(\/(?:run|etc)\/[\w/.*-]+)/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths)
      expect(
        mounts.filter((mount) => path.startsWith(`${mount}/`)),
        path,
      ).not.toEqual([]);
  });
});

test.for(['deploy/kubernetes/example', 'deploy/compose'])('the config of %s and its rules are valid', (path) => {
  const folder = aFolder();
  const file = join(folder, 'bakewatch.yaml');
  cpSync(join(root, path), folder, { recursive: true });
  // Where the container has them.
  const text = read(`${path}/bakewatch.yaml`).replace('/etc/bakewatch-rules/', 'rules/');
  writeFileSync(
    file,
    text
      .replace(/file:\/run\/secrets\/[\w/-]*url/g, 'http://made.up/x')
      .replace(/(database: .*)http:\/\/made\.up\/x/, '$1postgres://made.up/x'),
  );
  const { ruleSets } = loadConfig({
    file,
    env: {},
    readFile: (name) => (name.startsWith('/run/') ? `a made-up secret for ${name}` : readFileSync(name, 'utf8')),
    listFiles: (name) => readdirSync(name),
    plugins,
  });
  expect(ruleSets.size).toBeGreaterThan(0);
});

test('the compose file mounts files that exist, and lets a stop take as long as the drain', () => {
  const Compose = z.object({ services: z.record(z.string(), z.looseObject({ volumes: z.array(z.string()).default([]) })) });
  const { services } = Compose.parse(parse(read('deploy/compose/compose.yaml')));
  const sources = Object.values(services).flatMap(({ volumes }) => volumes.map((one) => one.split(':')[0] ?? ''));
  for (const source of sources.filter((one) => one.startsWith('.')))
    expect(() => readdirOrRead(join(root, 'deploy/compose', source))).not.toThrow();
  expect(services.bakewatch).toMatchObject({ read_only: true, stop_grace_period: '90s' });
});

test.runIf(has('nginx', '-v'))('nginx takes the config of the proxy', () => {
  const folder = aFolder();
  const key = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=bakewatch.example.com'];
  spawnSync('openssl', [...key, '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]);
  const block = read('deploy/proxy/nginx.conf')
    .replace('/etc/ssl/bakewatch.pem', join(folder, 'cert.pem'))
    .replace('/etc/ssl/bakewatch.key', join(folder, 'key.pem'));
  writeFileSync(join(folder, 'nginx.conf'), `pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${block} }`);
  const { status, stderr } = spawnSync('nginx', ['-t', '-c', join(folder, 'nginx.conf'), '-p', folder], { encoding: 'utf8' });
  expect({ status, stderr }).toMatchObject({ status: 0 });
});

function readdirOrRead(path: string): unknown {
  try {
    return readdirSync(path);
  } catch {
    return readFileSync(path);
  }
}
