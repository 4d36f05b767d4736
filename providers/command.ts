import { lintCommand } from './command/lint.ts';
import { CommandOptions } from './command/options.ts';
import { createCommand } from './command/run.ts';
import { defineProvider } from './define-provider.ts';
import { noSelectors } from './reading-query.ts';

/** Reads numbers and samples from programs of the operator. */
export const command = defineProvider({
  type: 'command',
  summary: 'Programs of the operator that print a number, a pair of counts, or samples.',
  options: CommandOptions,
  example: {
    commands: {
      up: { argv: ['/usr/local/bin/shop-up'] },
      orders: { argv: ['/usr/local/bin/orders', '--shop={shop}'], args: { shop: '[a-z-]+' } },
    },
    ping: 'up',
    env: { API_TOKEN: 'a token' },
  },
  lintSelector: () => noSelectors,
  lintCall: lintCommand,
  settleMs: ({ settle }) => settle,
  limits: ({ concurrency }) => ({ concurrency, perSecond: null }),
  create: createCommand,
});
