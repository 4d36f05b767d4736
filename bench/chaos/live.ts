import { setTimeout as wait } from 'node:timers/promises';
import type { RetryingClient } from '../crash/client.ts';
import type { StoryEnd } from '../crash/truth.ts';
import type { CrashWorld, Shop } from '../crash/world.ts';
import type { ChaosBake } from './score.ts';

type Surroundings = { readonly client: RetryingClient; readonly world: CrashWorld; readonly patienceMs: number };

/**
 * Registers the new release of a shop, and waits for the end of its bake. A bake that no server can show is given twice the patience. Where no server
 * registers it, the rest of the run goes on.
 */
export async function live({ client, world, patienceMs }: Surroundings, shop: Shop): Promise<ChaosBake> {
  const id = await client
    .tell(shop.service, () => world.install(shop.service))
    .catch((error: unknown) => {
      process.stderr.write(`${shop.service} could not be registered: ${error}\n`);
      return null;
    });
  if (id === null) return { shop, end: 'unregistered' };
  world.release(shop.service);
  const until = performance.now() + patienceMs;
  for (;;) {
    await wait(1_000);
    const end = await client
      .call<StoryEnd>('GET', `/v1/deploys/${id}`)
      .catch((error: unknown) => (String(error).includes(': 404') ? null : undefined));
    if (end === null || (end !== undefined && (end.final || performance.now() > until))) return { shop, end };
    if (end === undefined && performance.now() > until + patienceMs) return { shop, end: null };
  }
}
