import type { Bake } from '../core/bake/bake.ts';
import { type Html, html } from './html.ts';
import { type IconShape, icon } from './icons.ts';

/** The look of a state: a colour, a shape and a word that say the same. */
export type StateLook = { readonly tone: Tone; readonly shape: IconShape; readonly word: string };

export type Tone = 'accent' | 'good' | 'warn' | 'bad' | 'back' | 'idle';

const looks: Readonly<Record<Bake['state'], StateLook>> = {
  warming: { tone: 'accent', shape: 'ring', word: 'Warming up' },
  shifting: { tone: 'accent', shape: 'ring', word: 'Shifting traffic' },
  baking: { tone: 'accent', shape: 'ring', word: 'Baking' },
  awaiting_approval: { tone: 'warn', shape: 'pause', word: 'Needs approval' },
  rolling_back: { tone: 'back', shape: 'back', word: 'Rolling back' },
  verifying: { tone: 'back', shape: 'back', word: 'Rolled back, verifying' },
  passed: { tone: 'good', shape: 'tick', word: 'Passed' },
  rolled_back: { tone: 'back', shape: 'back', word: 'Rolled back, recovered' },
  inconclusive: { tone: 'idle', shape: 'question', word: 'Inconclusive' },
  failed: { tone: 'bad', shape: 'cross', word: 'Failed' },
  canceled: { tone: 'idle', shape: 'dash', word: 'Canceled' },
  superseded: { tone: 'idle', shape: 'dash', word: 'Superseded' },
};

export function lookOf(bake: Bake): StateLook {
  if (bake.state === 'passed' && bake.confidence === 'low') return { tone: 'idle', shape: 'tick', word: 'Passed, low confidence' };
  if (bake.state === 'rolled_back' && bake.unconfirmed !== undefined)
    return { ...looks.rolled_back, word: 'Rolled back, recovery unknown' };
  return looks[bake.state];
}

/** `bare`: without a ground, for tables. `quiet`: only the icon has the colour, for what is well. */
export function badge({ tone, shape, word }: StateLook, form: 'filled' | 'bare' | 'quiet' = 'filled'): Html {
  return html`<span class="badge ${tone}${form === 'filled' ? '' : ` ${form}`}">${icon(shape)}${word}</span>`;
}
