import { z } from 'zod';
import { type SeenRequest, type StubReply, type StubServer, startStubServer } from './stub-server.ts';

/** `7.5` answers like an observed Grafana 7.5.5, `newer` like the source of version 11 and later. */
export type GrafanaVersion = '7.5' | 'newer';

export type Annotation = {
  readonly id: number;
  readonly time: number;
  readonly timeEnd: number;
  readonly text: string;
  readonly tags: readonly string[];
  readonly dashboardId: number;
  readonly panelId: number;
};

/** A fake of Grafana with annotations, one dashboard and three accounts. */
export type FakeGrafana = {
  readonly url: string;
  readonly requests: StubServer['requests'];
  readonly dashboard: { readonly uid: string; readonly id: number };
  readonly tokens: { readonly editor: string; readonly viewer: string };
  readonly user: { readonly user: string; readonly password: string };
  /** Oldest first. */
  annotations(): readonly Annotation[];
  /** The annotations that a dashboard with these tags shows. */
  shownFor(...tags: readonly string[]): readonly Annotation[];
  /** Deletes an annotation, like a person. */
  deleteAll(): void;
  /** Performs requests without an answer from now on, or answers again. */
  fallSilent(isSilent: boolean): void;
  close(): Promise<void>;
};

const Body = z.object({
  dashboardId: z.int().optional(),
  dashboardUID: z.string().optional(),
  panelId: z.int().default(0),
  time: z.int().default(0),
  timeEnd: z.int().default(0),
  text: z.string().default(''),
  tags: z.array(z.string()).optional(),
});
type Body = z.output<typeof Body>;

type World = Pick<FakeGrafana, 'dashboard' | 'tokens' | 'user'> & {
  readonly version: GrafanaVersion;
  readonly annotations: Map<number, Annotation>;
};

export async function startFakeGrafana(version: GrafanaVersion): Promise<FakeGrafana> {
  const server = await startStubServer();
  const world: World = {
    version,
    dashboard: { uid: 'shop-uid', id: 7 },
    tokens: { editor: 'token-of-the-editor', viewer: 'token-of-the-viewer' },
    user: { user: 'bakewatch', password: 'pass:word' },
    annotations: new Map(),
  };
  let isSilent = false;
  server.reply((request) => {
    const reply = answer(world, request);
    return isSilent ? 'hang' : reply;
  });
  return {
    ...world,
    url: server.url,
    requests: server.requests,
    annotations: () => [...world.annotations.values()],
    shownFor: (...tags) => found(world, new URLSearchParams(tags.map((tag) => `tags=${encodeURIComponent(tag)}`).join('&'))),
    deleteAll: () => world.annotations.clear(),
    fallSilent: (next) => {
      isSilent = next;
    },
    close: () => server.close(),
  };
}

function answer(world: World, request: SeenRequest): StubReply {
  const { pathname, searchParams } = new URL(request.url, 'http://grafana');
  const role = roleOf(world, request.headers.authorization);
  if (role === null) return says(401, request.headers.authorization ? 'invalid API key' : 'Unauthorized');
  const [, uid] = /^\/api\/dashboards\/uid\/(.+)$/.exec(pathname) ?? [];
  if (uid !== undefined) {
    const panels = [{ type: 'text', options: { content: 'large'.repeat(50_000) } }];
    return uid === world.dashboard.uid
      ? { body: { dashboard: { ...world.dashboard, panels }, meta: {} } }
      : says(404, 'Dashboard not found');
  }
  const [, id] = /^\/api\/annotations(?:\/(\d+))?$/.exec(pathname) ?? [];
  if (request.method === 'GET' && pathname === '/api/annotations') return { body: found(world, searchParams) };
  if (request.method === 'POST' && pathname === '/api/annotations') return changed(world, request, { role, id: null });
  if (request.method === 'PATCH' && id !== undefined) return changed(world, request, { role, id: Number(id) });
  return says(404, 'Not found');
}

function roleOf({ tokens, user }: World, authorization: string | undefined): 'Editor' | 'Viewer' | null {
  const basic = `Basic ${Buffer.from(`${user.user}:${user.password}`).toString('base64')}`;
  if (authorization === `Bearer ${tokens.editor}` || authorization === basic) return 'Editor';
  return authorization === `Bearer ${tokens.viewer}` ? 'Viewer' : null;
}

function says(status: number, message: string): StubReply {
  return { status, body: { message } };
}

function changed(world: World, request: SeenRequest, { role, id }: { role: 'Editor' | 'Viewer'; id: number | null }): StubReply {
  const old = world.version === '7.5';
  const parsed = Body.safeParse(JSON.parse(request.body));
  if (!parsed.success) {
    const message = 'json: cannot unmarshal into Go struct field PostAnnotationsCmd';
    return old ? { status: 400, body: [{ classification: 'DeserializationError', message }] } : says(400, 'bad request data');
  }
  if (role === 'Viewer')
    return says(403, old ? 'Access denied to this dashboard' : "You'll need additional permissions: annotations:create");
  return id === null ? create(world, parsed.data) : patch(world, id, parsed.data);
}

function create(world: World, body: Body): StubReply {
  const old = world.version === '7.5';
  const { dashboard, annotations } = world;
  if (body.text === '') return says(400, 'Failed to save annotation');
  if (!old && body.dashboardUID !== undefined && body.dashboardUID !== dashboard.uid)
    return says(400, 'Invalid dashboard UID in annotation request');
  const dashboardId = !old && body.dashboardUID !== undefined ? dashboard.id : (body.dashboardId ?? 0);
  if (dashboardId !== 0 && dashboardId !== dashboard.id)
    return says(old ? 403 : 400, old ? 'Access denied to this dashboard' : 'Invalid dashboard');
  const id = Math.max(0, ...annotations.keys()) + 1;
  const time = body.time || Date.now();
  annotations.set(id, {
    id,
    ...ordered(time, body.timeEnd || time),
    text: body.text,
    tags: body.tags ?? [],
    dashboardId,
    panelId: body.panelId,
  });
  return { body: { id, message: 'Annotation added' } };
}

function patch({ version, annotations }: World, id: number, body: Body): StubReply {
  const before = annotations.get(id);
  if (before === undefined) return version === '7.5' ? says(500, 'Could not find annotation to update') : says(404, 'Annotation not found');
  const times = ordered(body.time || before.time, body.timeEnd || before.timeEnd);
  annotations.set(id, { ...before, ...times, text: body.text || before.text, tags: body.tags ?? before.tags });
  return says(200, 'Annotation patched');
}

function ordered(time: number, timeEnd: number): Pick<Annotation, 'time' | 'timeEnd'> {
  return { time: Math.min(time, timeEnd), timeEnd: Math.max(time, timeEnd) };
}

/**
 * Whether an annotation has all of the tags. As in every version of Grafana until now, the text after a second colon is ignored, a bare tag matches every
 * tag with that key, and an annotation with two tags that match one filter is not found, because the matches are counted.
 */
function found({ annotations }: World, query: URLSearchParams): readonly Annotation[] {
  const from = Number(query.get('from') ?? 0);
  const to = Number(query.get('to') ?? 0);
  const wanted = query.getAll('tags').map(pairOf);
  const isMet = (own: readonly string[]) => (tag: string) => {
    const [key, value] = pairOf(tag);
    return own[0] === key && (own[1] === undefined || own[1] === value);
  };
  return [...annotations.values()]
    .filter(({ time, timeEnd }) => !(from > 0 && to > 0) || (time <= to && timeEnd >= from))
    .filter(({ tags }) => wanted.reduce((sum, own) => sum + tags.filter(isMet(own)).length, 0) === wanted.length)
    .sort((a, b) => b.timeEnd - a.timeEnd || b.time - a.time)
    .slice(0, 100);
}

function pairOf(tag: string): readonly string[] {
  return tag.split(':').slice(0, 2);
}
