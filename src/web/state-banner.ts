import type { Bake } from '../core/bake/bake.ts';

const tones: Readonly<Record<Bake['state'], string>> = {
  warming: 'quiet',
  shifting: 'open',
  baking: 'open',
  awaiting_approval: 'bad',
  rolling_back: 'bad',
  verifying: 'open',
  passed: 'good',
  rolled_back: 'open',
  inconclusive: 'open',
  failed: 'bad',
  canceled: 'quiet',
  superseded: 'quiet',
};

/** The tone of a bake's state: how good the news is. */
export function toneOf(bake: Bake): string {
  return bake.state === 'passed' && bake.confidence === 'low' ? 'open' : tones[bake.state];
}
