import type { Notice } from '../ports/notifier.ts';

/**
 * An alert about a deploy. `person`: a person must act. `trouble`: Bakewatch acts, or the matter can wait.
 * They are two alerts, so that a person who acknowledged "it is being rolled back" is called again if the rollback fails.
 */
export type Alert = {
  /** The same for all notices of a deploy. */
  readonly key: string;
  readonly kind: 'person' | 'trouble';
  /** `null`: the alert is not open. */
  readonly severity: 'critical' | 'error' | 'warning' | null;
};

/**
 * The two alerts of the notice's deploy, the open one first; none for the topic `started`. They depend on the state of the bake when the notice is sent, so
 * a late notice cannot open an alert that has ended or close one that is open. Idempotent.
 */
export function alertsOf(notice: Notice): readonly Alert[] {
  if (notice.topic === 'started') return [];
  const [openKind, severity] = openAlert(notice);
  const alert = (kind: Alert['kind']): Alert => ({
    key: `bakewatch-${notice.deployId}-${kind}`,
    kind,
    severity: kind === openKind ? severity : null,
  });
  return openKind === 'person' ? [alert('person'), alert('trouble')] : [alert('trouble'), alert('person')];
}

function openAlert({ state, topic }: Notice): readonly [Alert['kind'], Alert['severity']] {
  switch (state) {
    case 'failed':
      return ['person', 'critical'];
    case 'awaiting_approval':
      return ['person', 'error'];
    case 'rolling_back':
    case 'verifying':
      return ['trouble', 'warning'];
    case 'inconclusive':
      // A roll forward after which the service is healthy ends so too.
      return ['trouble', topic === 'recovered' ? null : 'warning'];
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
