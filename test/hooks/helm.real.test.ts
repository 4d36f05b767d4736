import { describeHookContract } from '../contracts/hook.ts';
import { openHelm } from './helm-world.ts';

describeHookContract('helm', () => openHelm('as real processes'));
