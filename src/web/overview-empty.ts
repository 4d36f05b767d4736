import { type Html, html } from './html.ts';
import { icon } from './icons.ts';

const steps = [
  {
    title: 'Write rules from your own metrics',
    note: 'Proposes checks for errors, latency and traffic.',
    command: 'bakewatch init --from http://127.0.0.1:9090',
  },
  {
    title: 'Try them on the last days',
    note: 'Says what would have been rolled back, and how often wrongly.',
    command: 'bakewatch backtest rules/shop.yaml',
  },
  {
    title: 'Register a deploy, from your pipeline or by hand',
    note: 'Ends with 0 when it is healthy, 3 when it was rolled back.',
    command: 'bakewatch deploy -s shop -e production -v v1 --wait',
  },
] as const;

/** What is shown before the first deploy: what will be here, what is ready, and what to type next. */
export function emptyPart(): Html {
  return html`<div class="first"><span class="first-mark accent">${icon('ring')}</span><h1>Nothing has been deployed yet</h1>
<p class="lead">The first deploy that you register shows up here within a second. Three commands lead there.</p>
<ul class="ready"><li class="good">${icon('tick')}<span>Server ready</span></li><li class="good">${icon('tick')}<span>Database ready</span></li></ul>
<ol class="first-steps">${steps.map(
    ({ title, note, command }, i) =>
      html`<li><span class="step-number accent" aria-hidden="true">${i + 1}</span><div><h2>${title}</h2><p class="second">${note}</p>
<div class="command"><code>${command}</code><button class="button plain" type="button" data-copy="${command}" hidden="" aria-label="Copy the command: ${title}">${icon('copy')}</button></div></div></li>`,
  )}</ol></div>`;
}
