import type { Plugin } from '../../ports/plugin.ts';
import type { ShiftHook } from '../../ports/shift-hook.ts';
import type { HookDeps } from '../deps.ts';
import { command } from './command.ts';
import { httpRoute } from './http-route.ts';
import { ssh } from './ssh.ts';
import { webhook } from './webhook.ts';

/** Every kind of hook that shifts traffic, by its `type`. A new one is one file and one line here. */
export const trafficHooks: ReadonlyMap<string, Plugin<ShiftHook, HookDeps>> = new Map(
  [command, httpRoute, ssh, webhook].map((hook) => [hook.type, hook]),
);
