import { isClear } from '../core/bake/bake.ts';
import { isExtended } from '../core/bake/time-left.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { PlaceLine } from '../usecases/place-line.ts';
import type { Overview } from '../usecases/view-overview.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { concernLooks, environmentTag, placeId } from './place-parts.ts';
import { restingRing, ring } from './ring.ts';
import { time } from './time.ts';

/** What is baking now, the most suspicious first. */
export function bakingPart({ lines, more }: Overview['baking'], now: number): Html {
  const count = lines.length + more;
  const note = count === 0 ? 'nothing' : count === 1 ? '1' : `${count}, the most suspicious first`;
  const rest = more === 0 ? '' : html`<p class="more"><a href="/?show=baking">${more} more</a></p>`;
  return html`<section id="baking" aria-labelledby="baking-title"><h2 id="baking-title">Baking now <small>${note}</small></h2>
${count === 0 ? '' : html`<ul class="cards">${lines.map((line) => card(line, now))}</ul>${rest}`}</section>`;
}

function card(line: PlaceLine, now: number): Html {
  const { service, environment, latest, knownGood, nearest } = line;
  const { deploy } = latest;
  const { tone, shape } = concernLooks[nearest.level];
  const isCalm = nearest.level === 'healthy' || nearest.level === 'early' || nearest.level === 'waiting';
  const after = knownGood === null ? '' : html` <span class="third">after</span> ${knownGood}`;
  return html`<li class="card${isCalm ? '' : html` ${tone} edged`}">
<div class="card-top">${ringOf(line, now)}<div><a class="name" id="${placeId('card', line)}" href="/deploys/${deploy.id}">${service}</a> ${environmentTag(environment)}${stageTag(line)}
<p class="code">${deploy.release.version}${after}</p></div></div>
<div class="card-check"><span class="${tone}">${icon(shape)}</span><p><span class="${isCalm ? 'calm' : 'strong'}">${nearest.headline}</span> <span class="second">${nearest.detail}</span></p></div>
<p class="card-foot"><span>${deploy.registeredBy}, ${time(line.deployedAt, 'ago')}</span><span>${endText(line, now)}</span></p></li>`;
}

function ringOf({ latest: { bake }, nearest }: PlaceLine, now: number): Html {
  if (bake.state !== 'baking') return restingRing();
  const { tone } = concernLooks[nearest.level];
  const endsAt = isExtended(bake, now) ? bake.limitAt : bake.endsAt;
  return ring({ from: bake.from, endsAt, now }, tone === 'good' ? 'accent' : tone);
}

function stageTag({ latest: { bake } }: PlaceLine): Html | string {
  if (bake.state !== 'baking' || bake.stage === undefined) return '';
  const { number, of, weight } = bake.stage;
  return html` <span class="tag">stage ${number} of ${of}, ${formatWeight(weight)}</span>`;
}

/** When the bake is decided. */
function endText({ latest: { bake } }: PlaceLine, now: number): Html | string {
  if (bake.state === 'warming') return bake.deployedAt === null ? 'deploying' : html`judged from ${time(bake.nextAt, 'clock')}`;
  if (bake.state !== 'baking') return 'shifting traffic';
  if (isExtended(bake, now)) return html`extended until ${time(bake.limitAt, 'clock')}`;
  return html`${isClear(bake) ? 'passes at' : 'decides by'} ${time(bake.endsAt, 'clock')}`;
}
