import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import stranger from '../fixtures/kubernetes-stranger.json' with { type: 'json' };
import { dryRunDescription } from './fake-kubernetes-openapi.ts';
import { createFakeWorkload, type FakeKind, type FakeWorkload } from './fake-kubernetes-world.ts';
import { type Json, kubeconfigOf, send, textOf } from './kubernetes-api.ts';

/** How the server misbehaves: an error, no answer, or an answer without the change. */
export type Trouble = { readonly status: number; readonly reason: string; readonly message: string } | 'hang' | 'drop' | 'pretend';
/** What a request is for: `undo` reads the history at once, `get` reads it in chunks, and `status` reads the object after a patch. */
type Step = 'get' | 'undo' | 'status';
type Request = { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly step: Step };

/** A fake API server that supports only JSON, with one workload called `shop` in the namespace `default`. */
export type FakeKubernetes = {
  readonly workload: FakeWorkload;
  /** Has the contexts `test`, `nowhere` (nothing listens) and `stranger` (a server with an untrusted certificate). */
  readonly kubeconfig: string;
  /** A folder for the cache of kubectl. */
  readonly home: string;
  readonly patches: readonly { readonly contentType: string; readonly body: unknown }[];
  /** Every request except discovery, as a right in a Role: `get deployments`. */
  readonly requests: readonly string[];
  /** Decides what goes wrong with a request; `null` is nothing. */
  trouble(with_: (request: Request) => Trouble | null): void;
  /** Takes rights away from the account, such as `list deployments`. */
  forbid(...rights: readonly string[]): void;
  /** Runs something in the middle of a `rollout undo`: after the start of kubectl and before it reads the history. */
  meanwhile(action: () => void): void;
  close(): Promise<void>;
};

/** Whether tests with a real kubectl can run here. Not every distribution has a package for it. */
export function hasKubectl(): boolean {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, 'kubectl'), constants.X_OK);
      return true;
    } catch {}
  }
  return false;
}

/** Starts the fake on a free loopback port. */
export async function startFakeKubernetes(kind: FakeKind): Promise<FakeKubernetes> {
  const workload = createFakeWorkload(kind);
  const patches: { contentType: string; body: unknown }[] = [];
  const requests: string[] = [];
  let troubleWith: (request: Request) => Trouble | null = () => null;
  let interlude: (() => void) | null = null;
  let forbidden: readonly string[] = [];

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(incoming);
    const url = new URL(incoming.url ?? '', 'http://localhost');
    const isChanged = patches.length > 0;
    const request = { method: incoming.method ?? '', path: url.pathname, query: url.searchParams, step: stepOf(url, isChanged) };
    if (request.path === '/openapi/v2') return void response.end(dryRunDescription(['Deployment', 'StatefulSet', 'DaemonSet']));
    const known = discovery(request.path);
    if (known) return send(response, 200, known);
    if (request.path === accessReviews) return send(response, 201, review(String(body), forbidden));
    const isDryRun = request.query.get('dryRun') === 'All';
    const right = rightOf(request);
    requests.push(right);
    if (forbidden.includes(right)) return send(response, 403, statusOf(denial(right)));
    if (request.step === 'undo') {
      interlude?.();
      interlude = null;
    }
    if (request.method === 'PATCH' && !isDryRun) patches.push({ contentType: String(incoming.headers['content-type']), body });
    const trouble = troubleWith(request);
    if (trouble === 'hang') return;
    if (trouble === 'drop') return void incoming.socket.destroy();
    if (trouble !== null && trouble !== 'pretend') return send(response, trouble.status, statusOf(trouble));
    if (request.query.get('watch') === 'true') return watch(response);
    if (request.method === 'PATCH' && (isDryRun || trouble === 'pretend')) return send(response, 200, workload.patched(body));
    if (request.method === 'PATCH') workload.patch(body);
    send(response, ...answerFor(request, workload));
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  const secure = createSecureServer({ cert: stranger.cert, key: stranger.key }, (_, response) => response.end());
  const home = mkdtempSync(join(tmpdir(), 'bakewatch-kube-'));
  const kubeconfig = join(home, 'config');
  writeFileSync(
    kubeconfig,
    JSON.stringify(
      kubeconfigOf(
        {
          test: `http://127.0.0.1:${await listen(server)}`,
          nowhere: 'http://127.0.0.1:1',
          stranger: `https://127.0.0.1:${await listen(secure)}`,
        },
        'hunter2-hunter2',
      ),
    ),
  );
  return {
    workload,
    kubeconfig,
    home,
    patches,
    requests,
    trouble: (next) => {
      troubleWith = next;
    },
    forbid: (...rights) => {
      forbidden = rights;
    },
    meanwhile: (action) => {
      interlude = action;
    },
    close: async () => {
      await Promise.all([close(server), close(secure)]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Every account may read its own rights. */
const accessReviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

function review(question: string, forbidden: readonly string[]): Json {
  const isDenied = forbidden.some((right) => right.split(' ').every((word) => question.includes(word)));
  return { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec: {}, status: { allowed: !isDenied } };
}

function denial(right: string) {
  const [verb = '', resource = ''] = right.split(' ');
  const message = `${resource}.apps "shop" is forbidden: User "bot" cannot ${verb} resource "${resource}" in API group "apps"`;
  return { status: 403, reason: 'Forbidden', message };
}

function answerFor({ path, query }: Request, workload: FakeWorkload): readonly [number, Json] {
  if (path === `${workload.path}/shop`) return [200, workload.object()];
  if (path === workload.historyPath)
    return [200, query.get('labelSelector') === 'app=shop' ? workload.history() : { ...workload.history(), items: [] }];
  if (path === workload.path) {
    const { kind } = workload.object();
    return [200, { apiVersion: 'apps/v1', kind: `${kind}List`, metadata: { resourceVersion: '2000' }, items: [workload.object()] }];
  }
  const [, resource = '', name = ''] = /\/([a-z]+)\/([^/]+)$/.exec(path) ?? [];
  return [404, statusOf({ status: 404, reason: 'NotFound', message: `${resource}.apps "${name}" not found` })];
}

function stepOf({ searchParams }: URL, isChanged: boolean): Step {
  if (!searchParams.has('labelSelector')) return isChanged ? 'status' : 'get';
  return searchParams.has('limit') ? 'get' : 'undo';
}

function rightOf({ method, path, query }: Request): string {
  const [, resource = '', name] = /\/namespaces\/[^/]+\/([a-z]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (method !== 'GET') return `${method.toLowerCase()} ${resource}`;
  if (name !== undefined) return `get ${resource}`;
  return `${query.get('watch') === 'true' ? 'watch' : 'list'} ${resource}`;
}

/** A watch ends when the client closes the connection. */
function watch(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
}

function statusOf({ status, reason, message }: { status: number; reason: string; message: string }): Json {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status };
}

function discovery(path: string): Json | null {
  if (path === '/version') return { major: '1', minor: '32', gitVersion: 'v1.32.0' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/api/v1') return { kind: 'APIResourceList', groupVersion: 'v1', resources: [] };
  const version = { groupVersion: 'apps/v1', version: 'v1' };
  if (path === '/apis')
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: [{ name: 'apps', versions: [version], preferredVersion: version }] };
  if (path !== '/apis/apps/v1') return null;
  const verbs = ['get', 'list', 'patch', 'watch'];
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ControllerRevision'];
  const resources = kinds.map((kind) => ({
    name: `${kind.toLowerCase()}s`,
    singularName: kind.toLowerCase(),
    namespaced: true,
    kind,
    verbs,
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'apps/v1', resources };
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const text = await textOf(incoming);
  // kubectl reads its rights in protobuf, which starts with `k8s`.
  if (text.startsWith('k8s\0')) return text;
  return text === '' ? null : JSON.parse(text);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo, never a pipe's name.
  return (server.address() as AddressInfo).port;
}

function close(server: Server & { closeAllConnections(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
