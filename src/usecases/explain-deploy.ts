import { answerOf } from '../core/judge/check-answer.ts';
import { asidesOf, type ReasonLayers, reasonLayers } from '../core/judge/reason-layers.ts';
import { type DeployView, reasonsOf } from './view-deploy.ts';

/** The words about a deploy that every face shows: its reasons with their layers, and what people must know of the other checks. */
export type DeployWords = { readonly reasons: readonly ReasonLayers[]; readonly asides: readonly string[] };

/** Explains the state of a bake by the answers that its checks gave during the bake and after a rollback. */
export function explainDeploy({ record, checks }: Pick<DeployView, 'record' | 'checks'>): DeployWords {
  const reasons = reasonsOf(record);
  const baking = checks.map((check) => answerOf(check, check.baking));
  const verifying = checks.map((check) => answerOf(check, check.verifying));
  return { reasons: reasonLayers(reasons, [...baking, ...verifying]), asides: asidesOf(reasons, baking) };
}
