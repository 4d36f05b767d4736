import { createHash } from 'node:crypto';
import type { ConcernLevel } from '../core/judge/nearest-check.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import type { Place } from '../ports/hook.ts';
import type { PlaceLine } from '../usecases/place-line.ts';
import { lookOf, type StateLook, type Tone } from './badge.ts';
import { type Html, html } from './html.ts';
import type { IconShape } from './icons.ts';

/** The look of each level of concern. */
export const concernLooks: Readonly<Record<ConcernLevel, { readonly tone: Tone; readonly shape: IconShape }>> = {
  failing: { tone: 'bad', shape: 'cross' },
  suspicious: { tone: 'warn', shape: 'triangle' },
  unasked: { tone: 'warn', shape: 'triangle' },
  unproven: { tone: 'warn', shape: 'triangle' },
  early: { tone: 'idle', shape: 'question' },
  healthy: { tone: 'good', shape: 'tick' },
  waiting: { tone: 'idle', shape: 'dash' },
};

/** The look of a place in a list: that of its bake, unless a check of it needs attention. */
export function lookOfLine({ latest, standing, nearest }: PlaceLine): StateLook {
  if (standing === 'suspicious') {
    if (nearest.level === 'failing') return { ...concernLooks.failing, word: 'Failing' };
    return { ...concernLooks.suspicious, word: nearest.level === 'unasked' ? 'Not measured' : 'Suspicious' };
  }
  if (standing === 'unproven') return { ...concernLooks.unproven, word: 'Unproven' };
  return shortLook(latest);
}

/** Where another line says whether a rollback helped. */
export function shortLook(record: DeploySummary): StateLook {
  const look = lookOf(record.bake);
  return record.bake.state === 'rolled_back' ? { ...look, word: 'Rolled back' } : look;
}

/** A name of a place that is fit for an `id`, and stays the same. */
export function placeId(part: string, { service, environment }: Place): string {
  return `${part}-${createHash('sha256')
    .update(JSON.stringify([service, environment]))
    .digest('hex')
    .slice(0, 12)}`;
}

export function servicePath(service: string): string {
  return `/services/${encodeURIComponent(service.toWellFormed())}`;
}

export function environmentTag(environment: string): Html {
  return html`<span class="tag">${environment}</span>`;
}
