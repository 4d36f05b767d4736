import { describeHookContract } from '../contracts/hook.ts';
import { openArgo } from './argo-world.ts';

describeHookContract('argo_rollouts', () => openArgo('as real processes'));
