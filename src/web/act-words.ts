import { type Bake, isRolledForward } from '../core/bake/bake.ts';
import { type Target, targetName } from '../core/bake/deploy.ts';
import { defaultExtensionMs } from '../core/bake/interventions.ts';
import { formatDuration } from '../core/base/duration.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { ActVerb } from '../usecases/perform-act.ts';
import type { ActsPreview } from '../usecases/preview-acts.ts';

/** The acts that have a page: those on a bake, and a rehearsal of the rollback of its place. */
export type PageAct = ActVerb | 'drill';

/** The address of the page of an act. */
export function actPath(id: string, act: PageAct): string {
  return `/deploys/${id}/act/${act.replaceAll('_', '-')}`;
}

/** One step of what will happen: what, and what a person should know about it. */
export type ActStep = { readonly what: string; readonly detail: string };

/** The words of a page that acts. `button` names the act and its target. `why`: the label of the reason, where one is kept. */
export type ActWords = {
  readonly title: string;
  readonly button: string;
  readonly tone: 'danger' | 'primary';
  readonly steps: readonly ActStep[];
  readonly why: string | null;
};

type ActSubject = { readonly record: DeployRecord; readonly target: Target | null };

const notified = ({ record: { ruleSet } }: ActSubject): readonly ActStep[] =>
  ruleSet.notify.length === 0 ? [] : [{ what: `${ruleSet.notify.join(', ')} will be notified`, detail: 'with your name' }];

function rollbackSteps(subject: ActSubject): readonly ActStep[] {
  const { record, target } = subject;
  const { deploy, bake, plan } = record;
  const back = target === null ? 'the last known-good release' : targetName(target);
  const isShifted = bake.weight !== undefined && bake.weight > 0 && bake.aloneFrom === undefined;
  return [
    ...(isShifted
      ? [{ what: 'All traffic goes back to the stable release', detail: `with ${plan.traffic?.hook ?? 'the traffic hook'}` }]
      : []),
    { what: `${deploy.release.version} makes way for ${back}`, detail: plan.hook === null ? '' : `with the hook ${plan.hook}` },
    { what: `The checks watch it for ${formatDuration(plan.verifyMs)}`, detail: 'and say whether the service has recovered' },
    ...notified(subject),
  ];
}

const words: Readonly<Record<PageAct, (subject: ActSubject) => ActWords>> = {
  approve: (subject) => ({ ...rollback(subject), why: null }),
  roll_back: (subject) => rollback(subject),
  roll_forward: (subject) => {
    const { service, release } = subject.record.deploy;
    return {
      title: `Put ${release.version} of ${service} back?`,
      button: `Roll forward to ${release.version}`,
      tone: 'danger',
      steps: [
        { what: `${release.version} replaces the release that runs now`, detail: `with the hook ${subject.record.plan.hook ?? ''}` },
        {
          what: `The checks watch it for ${formatDuration(subject.record.plan.verifyMs)}`,
          detail: 'it is not known-good until you adopt it',
        },
        ...notified(subject),
      ],
      why: 'Why do you put it back?',
    };
  },
  pass: (subject) => {
    const { service, release } = subject.record.deploy;
    return {
      title: `Pass ${release.version} of ${service}?`,
      button: `Keep ${release.version} and pass it`,
      tone: 'primary',
      steps: [
        { what: `${release.version} keeps running`, detail: 'and is no longer watched' },
        { what: `${release.version} becomes known-good`, detail: 'a later rollback returns to it' },
        ...notified(subject),
      ],
      why: 'Why is it good?',
    };
  },
  extend: (subject) => {
    const { service, release } = subject.record.deploy;
    return {
      title: `Watch ${release.version} of ${service} longer?`,
      button: `Watch ${release.version} longer`,
      tone: 'primary',
      steps: [{ what: 'The bake ends later', detail: `by ${formatDuration(defaultExtensionMs)}, or as you choose below` }],
      why: null,
    };
  },
  cancel: (subject) => {
    const { service, release } = subject.record.deploy;
    return {
      title: `Stop watching ${release.version} of ${service}?`,
      button: `Stop watching ${release.version}`,
      tone: 'danger',
      steps: [
        { what: `${release.version} keeps running`, detail: 'whatever its checks would have said' },
        { what: 'Nobody is notified if it turns bad', detail: 'and it is not rolled back by itself' },
        ...notified(subject),
      ],
      why: null,
    };
  },
  false_alarm: ({ record: { deploy } }) => ({
    title: `Was ${deploy.release.version} of ${deploy.service} healthy?`,
    button: `Mark ${deploy.release.version} as a false alarm`,
    tone: 'primary',
    steps: [
      { what: 'The verdict no longer counts against the release', detail: 'also in the statistics' },
      { what: 'Nothing is deployed', detail: 'what runs now keeps running' },
    ],
    why: 'Why was the verdict wrong?',
  }),
  drill: ({ record: { deploy, plan }, target }) => ({
    title: `Rehearse a rollback of ${deploy.service}?`,
    button: `Rehearse a rollback to ${target === null ? 'the known-good release' : target.version}`,
    tone: 'primary',
    steps: [
      { what: 'Every step but the rollback itself is tried', detail: `with the hook ${plan.hook ?? ''}; nothing changes` },
      { what: 'The result goes into the story of the known-good deploy', detail: 'a failure is sent to its notifiers' },
    ],
    why: null,
  }),
};

function rollback(subject: ActSubject): ActWords {
  const { service } = subject.record.deploy;
  const target = subject.target === null ? 'the known-good release' : targetName(subject.target);
  return {
    title: `Roll back ${service}?`,
    button: `Roll back to ${target}`,
    tone: 'danger',
    steps: rollbackSteps(subject),
    why: 'Why do you roll back?',
  };
}

export function wordsOf(act: PageAct, subject: ActSubject): ActWords {
  return words[act](subject);
}

/** What becomes of the deploy if nobody does anything; the instant at which that is decided stands for itself. */
export function ifNothing({ record: { bake, deploy, plan }, guards }: Pick<ActsPreview, 'record' | 'guards'>): {
  readonly before: string;
  readonly at: number | null;
  readonly after: string;
} {
  const { version } = deploy.release;
  const isFree = guards.every(({ kind }) => kind === 'clear');
  const says = (after: string) => ({ before: '', at: null, after });
  switch (bake.state) {
    case 'awaiting_approval':
      return { before: 'If nobody decides by ', at: bake.nextAt, after: `, ${version} stays and the deploy is marked as failed.` };
    case 'baking':
      return {
        before: 'If you do nothing, the checks decide, at ',
        at: bake.limitAt,
        after: ` at the latest. ${plan.onFailure === 'rollback' && isFree ? `If one of them fails, ${version} is rolled back.` : 'If one of them fails, people are notified.'}`,
      };
    case 'warming':
    case 'shifting':
      return says(`If you do nothing, ${version} goes on to its bake, and the checks decide.`);
    case 'failed':
      return says(`If you do nothing, everything stays as it is: Bakewatch waits for a person.`);
    case 'inconclusive':
      return says(
        isRolledForward(bake)
          ? `If you do nothing, ${version} keeps running.`
          : `If you do nothing, ${version} keeps running and is not known-good.`,
      );
    case 'passed':
      return says(`If you do nothing, ${version} keeps running.`);
    default:
      return says('If you do nothing, nothing changes.');
  }
}

/** The acts that are possible now, the one that the state asks for first. */
export function possibleActs({ acts }: ActsPreview, state: Bake['state']): readonly ActVerb[] {
  const order: readonly ActVerb[] =
    state === 'failed' || state === 'rolled_back'
      ? ['roll_back', 'roll_forward', 'false_alarm']
      : ['approve', 'roll_back', 'pass', 'extend', 'cancel', 'roll_forward', 'false_alarm'];
  const isPossible = (verb: ActVerb) => acts[verb].refusal === null;
  // Both roll back: an approval is what the state asks for.
  return order.filter((verb) => isPossible(verb) && !(verb === 'roll_back' && isPossible('approve')));
}
