import { formatClock } from '../core/bake/time-left.ts';
import { isHeadlineOf } from '../core/judge/reason-layers.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { DeployAnswer } from './client.ts';
import { cutAtWord } from './cut-at-word.ts';
import { checkLine, extensionOf, outcomeWord, targetOf, timeLeftOf } from './deploy-words.ts';

/** How often a long bake says that it goes on. */
const heartBeatMs = 300_000;
const maxLine = 120;
/** An error must be readable: people repair it by its words. */
const maxErrorLine = 300;

/** Returns what is new in an answer about a bake, as lines for people. */
export type Progress = (deploy: DeployAnswer, now: number) => readonly string[];

/** Creates the progress of one wait. A line is new when the state, the stage, the outcome of a check or the end of the bake changed. */
export function createProgress(): Progress {
  const checkChanges = createCheckChanges();
  const said = new Set<string>();
  let lastPlace = '';
  let lastExtension = '';
  let spokeAt = Number.NEGATIVE_INFINITY;
  return (deploy, now) => {
    if (deploy.final) return [];
    const place = placeOf(deploy, now);
    const places = place.key === lastPlace ? [] : [place.text];
    lastPlace = place.key;
    const checks = checkChanges(deploy);
    for (const line of checks) said.add(line);
    const extension = extensionLine(deploy, { now, said });
    const extensions = extension === null || extension.key === lastExtension ? [] : [extension.text];
    lastExtension = extension?.key ?? lastExtension;
    // A failure comes before what it caused.
    const news = deploy.state === 'baking' ? [...places, ...checks, ...extensions] : [...checks, ...places];
    const isDue = deploy.state === 'baking' && now - spokeAt >= heartBeatMs;
    const lines = news.length === 0 && isDue ? [heartBeat(deploy, now)] : news;
    if (lines.length > 0) spokeAt = now;
    return lines;
  };
}

/** Each outcome of a check is news once in a phase; a failure, an error and their ends always are. */
function createCheckChanges(): (deploy: DeployAnswer) => readonly string[] {
  const last = new Map<string, string>();
  const seen = new Set<string>();
  return ({ state, checks = [] }) => {
    const phase = state === 'verifying' ? 'after the rollback' : 'bake';
    return checks.flatMap((check) => {
      const { name, outcome } = check;
      const before = last.get(name);
      if (outcome === 'not_asked' || outcome === before) return [];
      last.set(name, outcome);
      const key = `${phase}/${name}/${outcome}`;
      const isLoud = [before, outcome].some((one) => one === 'fail' || one === 'error');
      if (seen.has(key) && !isLoud) return [];
      seen.add(key);
      return [cutAtWord(checkLine(check), outcome === 'error' ? maxErrorLine : maxLine)];
    });
  };
}

function placeOf(deploy: DeployAnswer, now: number): { readonly key: string; readonly text: string } {
  const { id, state, baking, stage, summary } = deploy;
  const target = targetOf(deploy);
  switch (state) {
    case 'baking': {
      const isOpen = baking !== null && Date.parse(baking.ends_at) > now;
      const until = isOpen ? ` until ${formatClock(Date.parse(baking.ends_at))}` : '';
      if (stage === null) return { key: state, text: `baking${until}` };
      const { number, of, weight } = stage;
      const text = `stage ${number} of ${of}: ${formatWeight(weight)} of the traffic${until === '' ? '' : `,${until}`}`;
      return { key: `${state} ${number}`, text };
    }
    case 'rolling_back':
      return { key: `${state} ${target}`, text: `rolling ${deploy.rolled_forward ? 'forward' : 'back'} to ${target}` };
    case 'awaiting_approval':
      return { key: state, text: `waiting for a person to approve the rollback to ${target}: bakewatch approve ${id}` };
    default:
      return { key: `${state} ${summary}`, text: cutAtWord(summary, maxLine) };
  }
}

type ExtensionContext = {
  readonly now: number /** The lines about checks so far: none of them is repeated. */;
  readonly said: ReadonlySet<string>;
};

function extensionLine(
  { state, baking, reasons, checks = [] }: DeployAnswer,
  { now, said }: ExtensionContext,
): { readonly key: string; readonly text: string } | null {
  const until = state === 'baking' && baking !== null ? extensionOf(baking, now) : null;
  if (until === null) return null;
  const reason = baking?.extended_because ?? reasons[0];
  const check = checks.find(({ name, headline, reason: text }) => isHeadlineOf(reason ?? '', { name, headline: headline ?? text }));
  const isSaid = check !== undefined && said.has(cutAtWord(checkLine(check), maxLine));
  const why = isSaid ? `${check.name}: ${outcomeWord(check.outcome)} yet` : reason;
  const text = `extended until ${formatClock(Date.parse(until))}${why === undefined ? '' : `: ${why}`}`;
  return { key: until, text: cutAtWord(text, maxLine) };
}

function heartBeat(deploy: DeployAnswer, now: number): string {
  const counts = new Map<string, number>();
  for (const { outcome } of deploy.checks ?? []) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const checks = [...counts].map(([outcome, count]) => `${count} ${count === 1 ? 'check' : 'checks'} ${outcomeWord(outcome)}`).join(', ');
  return `still baking, ${timeLeftOf(deploy, now) ?? 'no end known'}${checks === '' ? '' : `: ${checks}`}`;
}

/** The state with the whole answer of each check, for `--verbose`. */
export function detailOf({ state, checks = [], summary }: DeployAnswer): string {
  const asked = checks.filter(({ outcome }) => outcome !== 'not_asked');
  if (state !== 'baking' || asked.length === 0) return summary;
  return asked.map(({ name, outcome, reason }) => `${name} ${outcomeWord(outcome)} (${reason})`).join('; ');
}
