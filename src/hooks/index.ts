import type { RollbackHook } from '../ports/hook.ts';
import type { Plugin } from '../ports/plugin.ts';
import { argoRollouts } from './argo-rollouts.ts';
import { command } from './command.ts';
import { deployer } from './deployer.ts';
import type { HookDeps } from './deps.ts';
import { helm } from './helm.ts';
import { kubectl } from './kubectl.ts';
import { ssh } from './ssh.ts';
import { webhook } from './webhook.ts';

/** Every kind of rollback hook by its `type`. A new one is one file and one line here. */
export const hooks: ReadonlyMap<string, Plugin<RollbackHook, HookDeps>> = new Map(
  [argoRollouts, command, deployer, helm, kubectl, ssh, webhook].map((hook) => [hook.type, hook]),
);
