import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** The range below the ports that systems give to outgoing connections. */
const [lowest, highest] = [10_000, 32_000];

/** A loopback port on which nothing listens. It is random, so that test files that run at the same time get different ones. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
