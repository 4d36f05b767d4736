import type { Bake } from '../core/bake/bake.ts';
import { targetName } from '../core/bake/deploy.ts';
import type { TimelineEntry } from '../core/bake/narrate.ts';
import type { Plan } from '../core/bake/plan.ts';
import { deadlineOf } from '../core/chart/deadline.ts';
import type { StateLook } from './badge.ts';
import { durationWords } from './duration-words.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { time } from './time.ts';

/** One step of the way of a deploy. `toCome`: it has not happened yet. */
type StateStep = Pick<StateLook, 'tone' | 'shape' | 'word'> & { readonly when: Html | string; readonly toCome?: true };

type LineInput = {
  readonly bake: Bake;
  readonly plan: Plan;
  readonly registeredAt: number;
  readonly timeline: readonly TimelineEntry[];
  /** The look of the bake while it goes on. */
  readonly look: StateLook;
  readonly now: number;
};

/** The way of a deploy, from its registration to its end, as steps with an icon, a word and a time. */
export function stateLine(input: LineInput): Html {
  const steps = stepsOf(input);
  return html`<ol class="steps">${steps.map(
    ({ tone, shape, word, when, toCome }, i) =>
      html`<li class="${toCome ? 'to-come' : tone}${nextTone(steps[i + 1])}"${toCome || steps[i + 1]?.toCome === undefined ? '' : html` aria-current="step"`}>${icon(toCome ? 'open' : shape)}<b>${word}</b><span class="when">${when}</span></li>`,
  )}</ol>`;
}

/** The line to the next step has its colour. */
function nextTone(next: StateStep | undefined): string {
  return next === undefined || next.toCome ? '' : ` to-${next.tone}`;
}

function stepsOf(input: LineInput): readonly StateStep[] {
  const { bake, registeredAt, timeline } = input;
  const first = (kind: string) => timeline.find((entry) => entry.kind === kind)?.at ?? null;
  const registered: StateStep = { tone: 'idle', shape: 'dot', word: 'Registered', when: time(registeredAt, 'seconds') };
  const begun = first('baking');
  if (bake.state === 'warming' || bake.state === 'shifting') return [registered, openStep(input), ...toCome(input)];
  const ended = first('rolling_back') ?? first('awaiting_approval') ?? ('at' in bake ? bake.at : null);
  const baked: readonly StateStep[] =
    begun === null || bake.state === 'baking'
      ? []
      : [
          {
            tone: 'accent',
            shape: 'dot',
            word: 'Baked',
            when: html`${time(begun, 'seconds')}${ended === null ? '' : `, ${durationWords(ended - begun)}`}`,
          },
        ];
  if (bake.state === 'baking') return [registered, openStep(input), ...toCome(input)];
  return [registered, ...baked, ...endOf(bake, first)];
}

function openStep({ bake, look, timeline, now }: LineInput): StateStep {
  const begun = timeline.findLast(({ kind }) => kind === bake.state)?.at ?? bake.begunAt;
  const word = bake.state === 'baking' ? 'Baking' : bake.state === 'warming' ? 'Warming up' : 'Shifting traffic';
  return { ...look, word, when: html`${time(begun, 'seconds')}, ${durationWords(now - begun)} so far` };
}

function toCome({ bake, plan, now }: LineInput): readonly StateStep[] {
  const decides = deadlineOf(bake, now);
  const to = plan.knownGood === null ? '' : `to ${plan.knownGood}`;
  const ends = {
    rollback: { word: 'Passed, or rolled back', when: to },
    approve: { word: 'Passed, or asks a person', when: '' },
    notify: { word: 'Passed, or failed', when: '' },
  } as const;
  const end = plan.observeOnly || (plan.onFailure === 'rollback' && plan.hook === null) ? ends.notify : ends[plan.onFailure];
  const open = { tone: 'idle', shape: 'dash', toCome: true } as const;
  return [
    { ...open, word: 'Decides', when: decides === null ? '' : html`by ${time(decides, 'seconds')}` },
    { ...open, ...end },
  ];
}

type MomentOf = (kind: string) => number | null;

/** What followed the bake. */
function endOf(bake: Bake, first: MomentOf): readonly StateStep[] {
  const at = (instant: number | null) => (instant === null ? '' : time(instant, 'seconds'));
  const back = rolledBackStep(first);
  const open = { tone: 'idle', shape: 'dash', toCome: true } as const;
  switch (bake.state) {
    case 'awaiting_approval':
      return [
        { tone: 'warn', shape: 'pause', word: 'Needs approval', when: at(bake.since) },
        { ...open, word: 'Rolled back', when: `to ${targetName(bake.target)}` },
      ];
    case 'rolling_back':
      return [
        { tone: 'back', shape: 'back', word: 'Rolling back', when: html`${at(bake.since)}, to ${targetName(bake.order.target)}` },
        { ...open, word: 'Recovered', when: '' },
      ];
    case 'verifying':
      return [...back, { ...open, word: 'Recovered', when: html`by ${at(bake.endsAt)}` }];
    case 'rolled_back': {
      const isSeen = bake.unconfirmed === undefined;
      const word = isSeen ? 'Recovered' : 'Recovery unknown';
      const when = html`${at(bake.at)}, on ${targetName(bake.order.target)}`;
      return [...back, { tone: isSeen ? 'good' : 'idle', shape: isSeen ? 'tick' : 'question', word, when }];
    }
    case 'failed': {
      const word = bake.rolledBack === 'yes' ? 'Not recovered' : 'Failed';
      return [...(bake.rolledBack === 'yes' ? back : []), { tone: 'bad', shape: 'cross', word, when: at(bake.at) }];
    }
    case 'passed':
      return [{ tone: 'good', shape: 'tick', word: 'Passed', when: at(bake.at) }];
    case 'inconclusive':
      return [{ tone: 'idle', shape: 'question', word: 'Inconclusive', when: at(bake.at) }];
    case 'canceled':
    case 'superseded':
      return [{ tone: 'idle', shape: 'dash', word: bake.state === 'canceled' ? 'Canceled' : 'Superseded', when: at(bake.at) }];
    default:
      return [];
  }
}

function rolledBackStep(first: MomentOf): readonly StateStep[] {
  const [ordered, done] = [first('rolling_back'), first('verifying')];
  const at = ordered ?? done;
  if (at === null) return [];
  const took = ordered === null || done === null ? '' : `, in ${durationWords(done - ordered)}`;
  return [{ tone: 'back', shape: 'back', word: 'Rolled back', when: html`${time(at, 'seconds')}${took}` }];
}
