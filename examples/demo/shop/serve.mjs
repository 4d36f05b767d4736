// The part of the shop that all its releases share: an HTTP server on loopback that counts what it answers.
import { createServer } from 'node:http';
import { createMetrics } from './metrics.mjs';

/** Serves one release on SHOP_PORT. `answer(path)` gives (or promises) `{ code, body }`; an error it throws is a 500. */
export function serve({ version, answer }) {
  const metrics = createMetrics(version);
  const server = createServer(async (req, res) => {
    const { pathname } = new URL(req.url, 'http://shop');
    if (pathname === '/metrics') return void res.setHeader('content-type', 'text/plain; version=0.0.4').end(metrics.text());
    if (pathname === '/version') return void res.end(version);
    const begunAt = performance.now();
    const { code, body } = await answerOrFail(answer, pathname);
    metrics.observe({ method: req.method, path: known(pathname), code, seconds: (performance.now() - begunAt) / 1000 });
    res.writeHead(code, { 'content-type': 'text/plain', 'x-shop-version': version }).end(body);
  });
  server.listen(Number(process.env.SHOP_PORT ?? 8080), '127.0.0.1');
  // Stop as a service should: no new requests, finish the running ones, go.
  process.on('SIGTERM', () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 1000).unref();
  });
}

async function answerOrFail(answer, path) {
  try {
    return await answer(path);
  } catch (error) {
    return { code: 500, body: `${error.message}\n` };
  }
}

// Paths become labels, and labels must stay few: whatever a stranger asks for is counted as "other".
function known(path) {
  return ['/', '/cart', '/checkout'].includes(path) ? path : 'other';
}
