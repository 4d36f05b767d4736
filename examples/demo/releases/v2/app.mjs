// Release v2 of the shop: its tests were green, it starts, it answers its health check. Then its connections run out:
// a connection that a checkout took is given back late, and from about three seconds on many requests find none.
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../shop/serve.mjs';

const startedAt = Date.now();

serve({
  version: 'v2',
  async answer(path) {
    await sleep(4 + Math.random() * 30);
    if (Date.now() - startedAt > 3000 && Math.random() < 0.28) throw new Error('no free database connection');
    return { code: 200, body: `Welcome to the new shop: ${path}\n` };
  },
});
