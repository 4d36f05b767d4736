// Release v1 of the shop: it works.
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../shop/serve.mjs';

serve({
  version: 'v1',
  async answer(path) {
    await sleep(4 + Math.random() * 30);
    return { code: 200, body: `Welcome to the shop: ${path}\n` };
  },
});
