import { EffectError } from '../core/base/errors.ts';
import type { Json } from '../core/base/json.ts';
import type { Delivery, Notice } from '../ports/notifier.ts';
import type { DispatchDeps, NotifierInstance } from './deps.ts';

type NoticeHandover = { readonly instance: NotifierInstance; readonly name: string; readonly notice: Notice };

/** One attempt to deliver a notice. Returns what to remember, or why the receiver refuses it for good. Throws when it must be retried. */
export async function handOver(
  { meter, log }: Pick<DispatchDeps, 'meter' | 'log'>,
  { instance, name, notice }: NoticeHandover,
  delivery: Delivery,
): Promise<{ readonly memory: Json } | { readonly refusal: string }> {
  const { type: plugin, notifier } = instance;
  try {
    const memory = await notifier.notify(notice, delivery);
    meter.attempted({ kind: 'notify', plugin, outcome: 'succeeded' });
    return { memory };
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    meter.attempted({ kind: 'notify', plugin, outcome: error.kind });
    log.debug({ deploy: notice.deployId, notifier: name, outcome: error.kind, reason: error.message }, 'notice not delivered');
    if (error.kind !== 'refused') throw error;
    return { refusal: error.message };
  }
}
