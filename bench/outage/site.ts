import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** What the release `bad` of a site does after its restart. `starts slowly` is a good release that needs ten seconds. */
export type SiteTrouble = 'answers 500' | 'hangs' | 'never starts' | 'starts slowly';

/** Sites on one port, each below a path of its own. A good release answers as the sites of the examples do. */
export type Sites = {
  readonly url: (name: string) => string;
  readonly add: (name: string, trouble: SiteTrouble) => void;
  /** Puts a version into service as a release switch does, and resolves when the restart is over. */
  readonly switchTo: (name: string, version: string) => Promise<void>;
};

type Site = { readonly trouble: SiteTrouble; version: string; restartedAt: number };

/** How long a restart takes; meanwhile the site answers 502, as nginx does without its upstream. */
const restartMs = 1_500;
/** A restart waits this long for requests that hang: the `--graceful-timeout` of the examples. */
const gracefulMs = 2_000;
const slowStartMs = 10_000;

/** Listens on a free port of this machine. `POST /NAME/switch/VERSION` switches, and `GET /NAME/current` says what runs: a hook calls them. */
export async function createSites(): Promise<Sites> {
  const sites = new Map<string, Site>();
  const switchTo = async (name: string, version: string): Promise<void> => {
    const site = sites.get(name);
    if (site === undefined) throw new Error(`there is no site ${name}`);
    if (site.version === 'bad' && site.trouble === 'hangs') await wait(gracefulMs);
    site.version = version;
    site.restartedAt = performance.now();
    await wait(restartMs);
  };
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const [, name = '', first = '', second = ''] = (req.url ?? '').split('/');
    const site = sites.get(name);
    if (req.method === 'POST' && first === 'switch') {
      await switchTo(name, second);
      res.end();
    } else if (first === 'current') res.end(site?.version);
    else if (site !== undefined) respond(site, first, res);
    else res.end();
  };
  const server = createServer((req, res) => void answer(req, res).catch((error: unknown) => res.destroy(error as Error)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    add: (name, trouble) => sites.set(name, { trouble, version: 'good', restartedAt: Number.NEGATIVE_INFINITY }),
    switchTo,
  };
}

function respond({ trouble, version, restartedAt }: Site, path: string, res: ServerResponse): void {
  const isBad = version === 'bad';
  const runsMs = performance.now() - restartedAt;
  const startMs = isBad && trouble === 'starts slowly' ? slowStartMs : restartMs;
  if (runsMs < startMs || (isBad && trouble === 'never starts')) res.writeHead(502).end('We will be right back');
  else if (isBad && trouble === 'answers 500') res.writeHead(500).end('This page did not work');
  // No answer: the caller gives up first.
  else if (isBad && trouble === 'hangs') return;
  else if (path === 'static') res.writeHead(200, { 'content-type': 'text/css' }).end('body {}');
  else res.end(JSON.stringify({ release: version, products: [] }));
}
