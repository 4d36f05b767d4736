import { isFinal } from '../core/bake/bake.ts';
import { interventionsIn } from '../core/bake/interventions.ts';
import { whyNotMarked } from '../core/bake/verdict-mark.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import { actPath } from './act-words.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { Viewer } from './viewer.ts';

/** A link to a page that says first what will be done. `whyNot`: why it cannot be used now; `null`: it can. */
type DeployAction = {
  readonly verb: 'report' | 'decide' | 'extend' | 'pass' | 'roll_back' | 'false_alarm' | 'drill';
  readonly label: string;
  readonly path: string;
  readonly whyNot: string | null;
};

/** What this viewer may do with the deploy in its state. A link alone lets nobody act. */
export function deployActions(
  { deploy, bake, plan }: Pick<DeployRecord, 'deploy' | 'bake' | 'plan'>,
  { caller }: Viewer,
): readonly DeployAction[] {
  const path = `/deploys/${deploy.id}`;
  const report: DeployAction = { verb: 'report', label: 'Open report', path: `${path}/report`, whyNot: null };
  const shown = isFinal(bake) ? [report] : [];
  if (caller === null || !caller.may('read', deploy)) return [report];
  const whyNot = caller.may('operate', deploy) ? null : `${caller.name} may not operate ${deploy.service} in ${deploy.environment}`;
  const possible = interventionsIn(bake.state);
  const action = (verb: Exclude<DeployAction['verb'], 'report'>, label: string): DeployAction => ({
    verb,
    label,
    path: verb === 'decide' ? `${path}/decide` : actPath(deploy.id, verb),
    whyNot,
  });
  return [
    ...shown,
    ...(possible.includes('extend') ? [action('extend', 'Extend…')] : []),
    ...(possible.includes('approve') ? [action('decide', 'Decide…')] : []),
    ...(possible.includes('pass') ? [action('pass', 'Pass now…')] : []),
    // A drill proves the hook between deploys.
    ...(bake.state === 'passed' && plan.hook !== null ? [action('drill', 'Rehearse a rollback…')] : []),
    ...(whyNotMarked(bake) === null ? [action('false_alarm', 'Mark as false alarm…')] : []),
    ...(possible.includes('roll_back') ? [action('roll_back', 'Roll back…')] : []),
  ];
}

export function actionButtons(actions: readonly DeployAction[]): Html {
  const whyNot = actions.find((action) => action.whyNot !== null)?.whyNot ?? null;
  const why = whyNot === null ? '' : html`<span class="hidden-text" id="why-not">${whyNot}</span>`;
  return html`<div class="actions" id="deploy-actions">${actions.map(button)}${why}</div>`;
}

function button({ verb, label, path, whyNot }: DeployAction): Html {
  const shape = verb === 'roll_back' ? icon('back') : '';
  if (whyNot !== null)
    return html`<span class="button" role="link" aria-disabled="true" aria-describedby="why-not" title="${whyNot}">${shape}${label}</span>`;
  return html`<a class="button${verb === 'roll_back' ? ' danger-outline' : ''}" id="act-${verb}" href="${path}">${shape}${label}</a>`;
}
