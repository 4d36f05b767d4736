import type { Notice } from '../ports/notifier.ts';

/**
 * What an alerting system is to hold about a deploy. `person`: somebody must act. `trouble`: Bakewatch acts, or nobody has to be woken.
 * They are two, because whoever has acknowledged "it is being rolled back" and gone back to bed must be called again when that fails.
 */
export type Alert = {
  /** The same for every notice of the same deploy. */
  readonly key: string;
  readonly kind: 'person' | 'trouble';
  /** `null`: it is over, or never was. */
  readonly severity: 'critical' | 'error' | 'warning' | null;
};

/**
 * The two alerts of the notice's deploy as they are to be now, the open one first; none where there is nothing to say. What counts is where the bake stands
 * when the notice is sent, so that a late notice can neither open what is over nor close what is open. Telling the same twice changes nothing.
 */
export function alertsOf(notice: Notice): readonly Alert[] {
  if (notice.topic === 'started') return [];
  const [kind, severity] = openIn(notice);
  const alert = (one: Alert['kind']): Alert => ({
    key: `bakewatch-${notice.deployId}-${one}`,
    kind: one,
    severity: one === kind ? severity : null,
  });
  return kind === 'person' ? [alert('person'), alert('trouble')] : [alert('trouble'), alert('person')];
}

function openIn({ state, topic }: Notice): readonly [Alert['kind'], Alert['severity']] {
  switch (state) {
    case 'failed':
      return ['person', 'critical'];
    case 'awaiting_approval':
      return ['person', 'error'];
    case 'rolling_back':
    case 'verifying':
    case 'inconclusive':
      return ['trouble', 'warning'];
    case 'warming':
    case 'shifting':
    case 'baking':
      return ['trouble', topic === 'blind' ? 'warning' : null];
    case 'passed':
      return ['trouble', topic === 'drill_failed' ? 'warning' : null];
    default:
      return ['trouble', null];
  }
}
