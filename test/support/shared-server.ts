import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The socket of `shared-server.ts`. */
    readonly postgresSocket: string;
  }
}

/**
 * Global setup: one PostgreSQL server for all test files of a project. It starts when the first test file asks: the answer
 * to each connection to the socket is the address of the server, or the error of its start.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'bakewatch-tests-'));
  const path = join(directory, 'socket');
  let server: ReturnType<typeof start> | null = null;
  const door = createServer((connection) => {
    server ??= start();
    server.then(
      ({ url }) => connection.end(url),
      (error) => connection.end(`${error}`),
    );
  });
  await once(door.listen(path), 'listening');
  provide('postgresSocket', path);
  return async () => {
    door.close();
    const running = await server?.catch(() => null);
    await running?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}

/** Runs the server from a thread in which Node itself runs the sources: here Vite does, which knows no `import.meta.resolve`. */
async function start() {
  const thread = new Worker(new URL('./shared-server-thread.ts', import.meta.url));
  const [url] = await once(thread, 'message');
  return {
    url: String(url),
    stop: async () => {
      thread.postMessage('stop');
      await once(thread, 'exit');
    },
  };
}
