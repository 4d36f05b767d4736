import { defaultExtensionMs, type InterventionKind, interventionsIn } from '../../core/bake/interventions.ts';
import { formatDuration } from '../../core/base/duration.ts';
import type { PersonVerb } from '../../ports/inbox.ts';
import type { Notice } from '../../ports/notifier.ts';
import { escaped, plain } from './text.ts';

/** The prefix of the ids of our buttons; the verb follows. */
export const actionPrefix = 'bakewatch.';

const maxConfirmLength = 300;

type ButtonLook = {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: string; readonly text: string };
};

const buttonLooks: Readonly<Record<PersonVerb, (notice: Notice) => ButtonLook>> = {
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

/** The buttons that the state of the deploy allows. A press sends the verb and the id of the deploy back. */
export function buttonsFor(notice: Notice) {
  return verbsFor(notice).map((verb) => {
    const { label, style, confirm } = buttonLooks[verb](notice);
    return {
      type: 'button' as const,
      action_id: `${actionPrefix}${verb}`,
      value: notice.deployId,
      text: plain(label),
      ...(style && { style }),
      ...(confirm && {
        confirm: {
          title: plain(confirm.title),
          text: plain(escaped(confirm.text, maxConfirmLength)),
          confirm: plain('Yes'),
          deny: plain('No'),
        },
      }),
    };
  });
}

// A deploy that will send no more notices has no button to mute it.
function verbsFor({ state }: Notice): readonly PersonVerb[] {
  const interventions: readonly InterventionKind[] = interventionsIn(state);
  const isUnderWay = interventions.includes('pass') || state === 'rolling_back' || state === 'verifying';
  return isUnderWay ? [...interventions, 'mute'] : interventions;
}

function nameOf({ service, version, environment }: Pick<Notice, 'service' | 'version' | 'environment'>): string {
  return `${service} ${version} (${environment})`;
}
