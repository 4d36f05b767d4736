import { maxQuietMs, type QuietTime, quietUntil } from '../core/notify/quiet-time.ts';
import { type DeliveryRules, sendEverything } from '../core/notify/route.ts';
import type { Audience } from './config.ts';
import type { Cursor } from './cursor.ts';
import { DigestSection, delivery, QuietSection, TemplateSection, WhenSection } from './delivery-file.ts';

/** Reads the keys that every notifier may have, and reports their problems. */
export function readDelivery(cursor: Cursor, audience: Audience): DeliveryRules {
  return {
    when: readWhen(cursor.at('when')),
    quiet: readQuiet(cursor.at('quiet'), audience),
    digest: readDigest(cursor.at('digest'), audience),
    ...(readActLinks(cursor.at('act_links'), audience) && { actLinks: true as const }),
    template: cursor.at('template').isPresent ? (cursor.at('template').take(TemplateSection) ?? {}) : {},
  };
}

function readActLinks(cursor: Cursor, audience: Audience): boolean {
  return cursor.isPresent && isForPeople(cursor, audience) && (cursor.take(delivery.act_links) ?? false);
}

function readWhen(cursor: Cursor): DeliveryRules['when'] {
  const when = cursor.isPresent ? cursor.take(WhenSection) : undefined;
  if (when === undefined) return sendEverything.when;
  const { severity, topics = [], services = [], environments = [] } = when;
  return { severity, topics, services, environments };
}

/** The check of the quiet times works with any instant. */
const anyInstant = Date.UTC(2026, 0, 5);

function readQuiet(cursor: Cursor, audience: Audience): readonly QuietTime[] {
  if (!cursor.isPresent || !isForPeople(cursor, audience)) return [];
  const times = cursor.items.flatMap((item): readonly QuietTime[] => {
    const time = item.take(QuietSection);
    if (time === undefined) return [];
    const { from, to, timezone, days, except } = time;
    if (from === to) item.at('to').problem('is the same as `from`', 'write 00:00 to 24:00 for the whole day');
    return [{ fromMs: from, toMs: to, timezone, days, except: except === 'nothing' ? null : except }];
  });
  const until = quietUntil(times, 'info', anyInstant);
  if (until !== null && until - anyInstant >= maxQuietMs)
    cursor.problem('the quiet time never ends', 'for bad news only, write `when: { severity: bad }`');
  return times;
}

function readDigest(cursor: Cursor, audience: Audience): DeliveryRules['digest'] {
  if (cursor.value === false) return null;
  if (!cursor.isPresent) return audience === 'people' ? { above: 5, withinMs: 60_000 } : null;
  if (!isForPeople(cursor, audience)) return null;
  const { above, within } = cursor.take(DigestSection) ?? { above: 0, within: 0 };
  return { above, withinMs: within };
}

function isForPeople(cursor: Cursor, audience: Audience): boolean {
  if (audience === 'people') return true;
  cursor.keyProblem('is only for notifiers that people read', 'remove it: systems get every notice at once; `when` says which notices');
  return false;
}
