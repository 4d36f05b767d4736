import { defaultExtensionMs } from '../core/bake/interventions.ts';
import { describeBake } from '../core/bake/narrate.ts';
import { assertNever } from '../core/base/assert-never.ts';
import { formatDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import type { PersonRequest } from '../ports/inbox.ts';
import type { Store } from '../ports/store.ts';
import { approve, extend, pass, rollBack } from './intervene.ts';
import { findDeploy } from './view-deploy.ts';

export type ReceivedRequest = { readonly ask: PersonRequest; readonly notifier: string; readonly at: number };

/**
 * Does what a person asks for from within a message, and says in words meant for them what came of it; `null` where this very press was answered
 * before. What cannot be done is said, too; only a bug is thrown.
 */
export async function actOnAsk(store: Store, asking: ReceivedRequest): Promise<string | null> {
  const { ask, at } = asking;
  try {
    const { deploy } = await findDeploy(store, ask.deployId);
    const refusal = ask.refusal(deploy);
    if (refusal !== null) return `Nothing was done: ${refusal}.`;
    return (await store.press(ask.key, at)) ? await act(store, asking) : null;
  } catch (error) {
    if (error instanceof AppError) return `Nothing was done: ${error.message}.`;
    throw error;
  }
}

async function act(store: Store, { ask, notifier, at }: ReceivedRequest): Promise<string> {
  const { deployId: id, by, verb } = ask;
  const asked = { id, by, at, why: 'asked for in a message' };
  switch (verb) {
    case 'approve':
      return `Approved: ${describeBake((await approve(store, asked)).bake)}.`;
    case 'roll_back':
      return `Ordered: ${describeBake((await rollBack(store, asked)).bake)}.`;
    case 'pass':
      return `Done: ${describeBake((await pass(store, asked)).bake)}.`;
    case 'extend':
      await extend(store, { ...asked, byMs: defaultExtensionMs });
      return `Done: the bake goes on ${formatDuration(defaultExtensionMs)} longer.`;
    case 'mute':
      await store.mute({ bakeId: id, notifier });
      await store.appendTimeline(id, { at, kind: 'muted', by, text: `${notifier} is told no more of it, unless it is bad` });
      return 'Done: you hear no more of this deploy here, unless it is bad.';
    default:
      return assertNever(verb);
  }
}
