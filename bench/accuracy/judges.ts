import { analyzers } from '../../analyzers/index.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { replay } from '../../src/core/recording/replay.ts';
import { argo } from './peers/argo.ts';
import { flagger } from './peers/flagger.ts';
import { kayenta } from './peers/kayenta.ts';
import type { Outcome } from './score.ts';

/** Who judges a recording; `null`: it has no rule for such a metric. */
export type Judge = { readonly name: string; readonly judge: (recording: Recording) => Outcome | null };

/** Ours with its defaults first, then what the documents of others say, restated. */
export const judges: readonly Judge[] = [
  { name: 'Bakewatch', judge: (recording) => replay(recording, { analyzers, ruleSet: null }) },
  { name: 'Argo Rollouts', judge: argo },
  { name: 'Flagger', judge: flagger },
  { name: 'Kayenta', judge: kayenta },
];
