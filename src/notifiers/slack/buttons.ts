import { defaultExtensionMs, type InterventionKind, interventionsIn } from '../../core/bake/interventions.ts';
import { formatDuration } from '../../core/base/duration.ts';
import type { PersonVerb } from '../../ports/inbox.ts';
import type { Notice } from '../../ports/notifier.ts';
import { escaped, plain } from './text.ts';

/** What the ids of our buttons begin with; the verb follows. */
export const actionPrefix = 'bakewatch.';

const longestConfirm = 300;

type ButtonLook = {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: string; readonly text: string };
};

const looks: Readonly<Record<PersonVerb, (notice: Notice) => ButtonLook>> = {
  approve: ({ target, ...deploy }) => ({
    label: 'Approve the rollback',
    style: 'primary',
    confirm: { title: 'Approve the rollback?', text: `${nameOf(deploy)} is rolled back to ${target ?? 'the last known-good release'}.` },
  }),
  roll_back: ({ target, ...deploy }) => ({
    label: 'Roll back now',
    style: 'danger',
    confirm: {
      title: 'Roll back now?',
      text: `${nameOf(deploy)} is rolled back to ${target ?? 'the last known-good release'}, whatever the checks say.`,
    },
  }),
  pass: (deploy) => ({
    label: 'Pass',
    confirm: { title: 'Pass it?', text: `${nameOf(deploy)} is no longer watched, and is known-good from now on.` },
  }),
  extend: () => ({ label: `Extend by ${formatDuration(defaultExtensionMs)}` }),
  mute: () => ({ label: 'Mute' }),
};

/** The buttons that make sense while the deploy is in its state; a press brings the verb and the deploy's id back. */
export function buttonsFor(notice: Notice) {
  return verbsFor(notice).map((verb) => {
    const { label, style, confirm } = looks[verb](notice);
    return {
      type: 'button' as const,
      action_id: `${actionPrefix}${verb}`,
      value: notice.deployId,
      text: plain(label),
      ...(style && { style }),
      ...(confirm && {
        confirm: {
          title: plain(confirm.title),
          text: plain(escaped(confirm.text, longestConfirm)),
          confirm: plain('Yes'),
          deny: plain('No'),
        },
      }),
    };
  });
}

// Where nothing can be asked for and nothing more will be told, there is nothing to mute either.
function verbsFor({ state }: Notice): readonly PersonVerb[] {
  const interventions: readonly InterventionKind[] = interventionsIn(state);
  const isUnderWay = interventions.includes('pass') || state === 'rolling_back' || state === 'verifying';
  return isUnderWay ? [...interventions, 'mute'] : interventions;
}

function nameOf({ service, version, environment }: Pick<Notice, 'service' | 'version' | 'environment'>): string {
  return `${service} ${version} (${environment})`;
}
