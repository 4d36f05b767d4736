import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a real browser makes of a page. */
export type Page = {
  /** All that it complained about: refused styles and scripts, missing files, errors. */
  readonly complaints: readonly string[];
  /** The value of an expression in the page; it must be plain. */
  evaluate<T>(expression: string): Promise<T>;
  /** The whole page as a PNG, or its top. */
  screenshot(maxHeight?: number): Promise<Buffer>;
  close(): Promise<void>;
};
export type Browser = { open(url: string, options?: OpenOptions): Promise<Page>; close(): Promise<void> };
type OpenOptions = {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly hasScript?: boolean;
  /** Features of the media besides the colour scheme. */
  readonly media?: Readonly<Record<string, string>>;
};

/** Whether tests with a real browser can run here. */
export function hasChromium(): boolean {
  return spawnSync('chromium', ['--version']).status === 0;
}

/** Starts a browser without a window, and speaks its DevTools protocol. */
export async function startChromium(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'bakewatch-chromium-'));
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-port=0'];
  const child = spawn('chromium', [...args, `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('close', () => reject(new Error(`chromium ended: ${said.slice(-500)}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const devtools = await connect(address);
  return {
    open: (url, options = {}) => openPage(devtools, url, options),
    close: async () => {
      devtools.close();
      child.kill();
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Entry = { readonly source: string; readonly text: string };
type Answer = Partial<{ targetId: string; sessionId: string; data: string; result: { value: unknown }; exceptionDetails: Entry }>;
type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Partial<{ entry: Entry; exceptionDetails: Entry }>;
  readonly result?: Answer;
  readonly error?: { readonly message: string };
};
type Devtools = {
  send(method: string, params?: object, sessionId?: string): Promise<Answer>;
  listen(heard: (message: Message) => void): void;
  close(): void;
};

async function connect(address: string): Promise<Devtools> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`no DevTools at ${address}`)));
  });
  const waiting = new Map<number, (message: Message) => void>();
  const listeners: ((message: Message) => void)[] = [];
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    else for (const heard of listeners) heard(message);
  });
  let id = 0;
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        id += 1;
        waiting.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result ?? {})));
        socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
      }),
    listen: (heard) => void listeners.push(heard),
    close: () => socket.close(),
  };
}

async function openPage(
  devtools: Devtools,
  url: string,
  { scheme = 'light', width = 1000, hasScript = true, media = {} }: OpenOptions,
): Promise<Page> {
  const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method: string, params: object = {}) => devtools.send(method, params, sessionId);
  const complaints: string[] = [];
  const loaded = new Promise<void>((resolve) => {
    devtools.listen(({ method, params, sessionId: from }) => {
      if (from !== sessionId) return;
      const said = params?.entry ?? params?.exceptionDetails;
      if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown') complaints.push(`${said?.source}: ${said?.text}`);
      if (method === 'Page.loadEventFired') resolve();
    });
  });
  await Promise.all(['Page.enable', 'Log.enable', 'Runtime.enable'].map((method) => send(method)));
  await send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-color-scheme', value: scheme }, ...Object.entries(media).map(([name, value]) => ({ name, value }))],
  });
  await send('Emulation.setScrollbarsHidden', { hidden: true });
  if (!hasScript) await send('Emulation.setScriptExecutionDisabled', { value: true });
  await send('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: false });
  await send('Page.navigate', { url });
  await loaded;
  return {
    complaints,
    evaluate: async <T>(expression: string) => {
      const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return result?.value as T;
    },
    screenshot: async (maxHeight) => {
      const clip = maxHeight === undefined ? {} : { clip: { x: 0, y: 0, width, height: maxHeight, scale: 1 } };
      const { data = '' } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true, ...clip });
      return Buffer.from(data, 'base64');
    },
    close: async () => void (await devtools.send('Target.closeTarget', { targetId })),
  };
}
