import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behavior } from '../contracts/hook.ts';
import { dryRunDescription } from './fake-kubernetes-openapi.ts';
import { type Json, kubeconfigOf, send, textOf } from './kubernetes-api.ts';

type Ref = { name: string; weight?: number };
/** One operation of a JSON patch (RFC 6902); only those that weights need. */
type Operation = { readonly op: string; readonly path: string; readonly value: unknown };

/** A fake API server with the Gateway API and one HTTPRoute, `shop` in the namespace `default`, whose gateway accepts every change. */
export type FakeGateway = {
  readonly kubeconfig: string;
  readonly home: string;
  /** The patches that arrived. */
  readonly patches: readonly (readonly Operation[])[];
  /** The backends of each rule. */
  rules: Ref[][];
  /** How the gateway reacts to the newest route. */
  gateway: 'accepts' | 'refuses' | 'lags' | 'none';
  /** Whether the account may patch the route. */
  mayPatch: boolean;
  /** Runs something before the next patch is applied. */
  meanwhile: (() => void) | null;
  behave(behavior: Behavior): void;
  close(): Promise<void>;
};

const routePath = '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/shop';
const accessReviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const secret = 'hunter2-hunter2';

/** Starts it on a free loopback port; `shop-canary` gets 5 of 100. */
export async function startFakeGateway(): Promise<FakeGateway> {
  const patches: (readonly Operation[])[] = [];
  let behavior: Behavior = 'works';
  let generation = 1;
  const server = createServer((incoming, response) => void answer(incoming, response));
  const home = mkdtempSync(join(tmpdir(), 'bakewatch-gateway-'));
  const kubeconfig = join(home, 'config');
  const fake: FakeGateway = {
    kubeconfig,
    home,
    patches,
    rules: [
      [
        { name: 'shop', weight: 95 },
        { name: 'shop-canary', weight: 5 },
      ],
    ],
    gateway: 'accepts',
    mayPatch: true,
    meanwhile: null,
    behave: (next) => {
      behavior = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(home, { recursive: true, force: true });
    },
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '', 'http://localhost');
    const text = await textOf(incoming);
    if (url.pathname === '/openapi/v2') return void response.end(dryRunDescription(['HTTPRoute'], 'gateway.networking.k8s.io'));
    const known = url.pathname === accessReviews ? review(fake.mayPatch) : discovery(url.pathname);
    if (known) return send(response, url.pathname === accessReviews ? 201 : 200, known);
    if (url.pathname !== routePath) return send(response, 404, failure(404, 'NotFound', `httproutes "${url.pathname}" not found`));
    if (incoming.method === 'PATCH') {
      const reply = patched(JSON.parse(text), url.searchParams.get('dryRun') === 'All');
      return reply === null ? undefined : send(response, ...reply);
    }
    if (behavior === 'unreadable' || (behavior === 'unreadable after the action' && patches.length > 0)) {
      return send(response, 503, failure(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'));
    }
    send(response, 200, routeOf(fake, fake.rules, generation));
  }

  /** The answer to a patch, or `null` for no answer. */
  function patched(operations: readonly Operation[], isDryRun: boolean): readonly [number, Json] | null {
    fake.meanwhile?.();
    fake.meanwhile = null;
    if (!isDryRun) patches.push(operations);
    if (behavior === 'hangs') return null;
    if (behavior === 'fails') return [500, failure(500, 'InternalError', `Internal error occurred: token=${secret}`)];
    const next = applied(fake.rules, operations);
    if (next === null) return [422, failure(422, 'Invalid', 'the server rejected our request due to an error in our request')];
    if (!isDryRun && behavior !== 'lies') {
      fake.rules = next;
      generation += 1;
    }
    return [200, routeOf(fake, next, generation)];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf({ test: `http://127.0.0.1:${port}`, nowhere: 'http://127.0.0.1:1' }, secret)));
  return fake;
}

/** The rules with the operations applied, or `null` if a test operation fails or a path does not exist. */
function applied(rules: Ref[][], operations: readonly Operation[]): Ref[][] | null {
  const next = structuredClone(rules);
  for (const { op, path, value } of operations) {
    const [, rule = '', ref = '', field = ''] = /^\/spec\/rules\/(\d+)\/backendRefs\/(\d+)\/(name|weight)$/.exec(path) ?? [];
    const at = next[Number(rule)]?.[Number(ref)];
    if (at === undefined) return null;
    if (op === 'test' && at[field === 'name' ? 'name' : 'weight'] !== value) return null;
    if (op === 'add' && field === 'weight' && Number.isInteger(value)) at.weight = Number(value);
    else if (op !== 'test') return null;
  }
  return next;
}

function routeOf({ gateway }: FakeGateway, rules: Ref[][], generation: number): Json {
  const isOld = gateway === 'lags';
  const condition = (type: string, status: string) => ({
    type,
    status,
    reason: 'Said',
    message: 'so',
    observedGeneration: isOld ? generation - 1 : generation,
  });
  const conditions = [condition('Accepted', 'True'), condition('ResolvedRefs', gateway === 'refuses' ? 'False' : 'True')];
  const parents = gateway === 'none' ? [] : [{ parentRef: { name: 'edge' }, controllerName: 'example.com/gateway', conditions }];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'shop', namespace: 'default', uid: '1', generation, resourceVersion: String(1000 + generation) },
    spec: {
      parentRefs: [{ name: 'edge' }],
      rules: rules.map((backendRefs) => ({ backendRefs: backendRefs.map((ref) => ({ ...ref, port: 80 })) })),
    },
    status: { parents },
  };
}

function review(allowed: boolean): Json {
  return { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec: {}, status: { allowed } };
}

function discovery(path: string): Json | null {
  if (path === '/version') return { major: '1', minor: '32', gitVersion: 'v1.32.0' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/api/v1') return { kind: 'APIResourceList', groupVersion: 'v1', resources: [] };
  const version = { groupVersion: 'gateway.networking.k8s.io/v1', version: 'v1' };
  if (path === '/apis') {
    const group = { name: 'gateway.networking.k8s.io', versions: [version], preferredVersion: version };
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] };
  }
  if (path !== '/apis/gateway.networking.k8s.io/v1') return null;
  const verbs = ['get', 'list', 'patch', 'watch'];
  const resource = { name: 'httproutes', singularName: 'httproute', namespaced: true, kind: 'HTTPRoute', verbs };
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: version.groupVersion, resources: [resource] };
}

function failure(code: number, reason: string, message: string): Json {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}
