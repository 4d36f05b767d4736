import { providers } from '../../providers/index.ts';
import { hooks } from '../hooks/index.ts';
import { trafficHooks } from '../hooks/traffic/index.ts';
import { notifiers } from '../notifiers/index.ts';

/** Every provider, hook and notifier type that a config may name. */
export const plugins = { providers, hooks, trafficHooks, notifiers };
