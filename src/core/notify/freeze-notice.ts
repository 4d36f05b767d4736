import type { AnnouncedTopic } from '../bake/effect.ts';
import { type Freeze, freezeEnd } from '../bake/facts.ts';
import { formatInstant } from '../base/format-instant.ts';
import type { NonEmpty } from '../base/non-empty.ts';

/** The title of a notice about a freeze. `service: null`: all services. */
export function freezeTitle(topic: AnnouncedTopic, service: string | null): string {
  const where = service ?? 'all services';
  return topic === 'frozen' ? `Automatic rollbacks are frozen for ${where}` : `Automatic rollbacks are allowed again for ${where}`;
}

/** What a person must know of a new freeze: why, by whom and until when, and what it means. */
export function freezeReasons(freeze: Freeze): NonEmpty<string> {
  const end = freeze.until === undefined ? ', until a person lifts it' : freezeEnd(freeze);
  return [freeze.why, `frozen by ${freeze.by}${end}`, 'a bad release stays until a person acts, and traffic is not shifted to a new one'];
}

/** What a person must know of a lift: by whom, and which freeze has ended. */
export function liftReasons({ by, since, why }: Freeze, liftedBy: string): NonEmpty<string> {
  return [`lifted by ${liftedBy}`, `frozen by ${by} since ${formatInstant(since)} UTC: ${why}`];
}
