import { createHash } from 'node:crypto';
import { type Html, html, raw } from './html.ts';

/** The frame of every page: plain HTML without scripts, readable on a phone and in the dark. */
export function layout(title: string, body: Html): Html {
  return page(title, html`<link rel="stylesheet" href="/assets/style.css">`, body);
}

/** The same frame with its style inside, so that the page can be kept as one file. Where it is served, `styleSource` allows the style. */
export function document(title: string, body: Html): Html {
  return page(title, html`<style>${raw(styleSheet)}</style>`, body);
}

function page(title: string, style: Html, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title} · Bakewatch</title>
${style}
</head>
<body>
<main>${body}</main>
</body>
</html>`;
}

/** The style sheet of all pages. A colour never carries an outcome alone: a word next to it says the same. */
export const styleSheet = `
:root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --open: #9a6700; --quiet: #6e7781; --line: #8884; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --bad: #ff7b72; --open: #d4a72c; --quiet: #9aa4ae; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; }
main { max-width: 56rem; margin: 0 auto; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } table + table { margin-top: 1.5rem; } td, th { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } td.num, time { font-variant-numeric: tabular-nums; white-space: nowrap; }
details { margin: .2rem 0; } summary { cursor: pointer; color: var(--quiet); } details p, td p, .banner li p { margin: .15rem 0; }
@media (max-width: 40rem) {
  time { white-space: normal; }
  .stack thead { display: none; } .stack tr { display: block; border-bottom: 1px solid var(--line); padding: .35rem 0; }
  .stack td { display: block; border: 0; padding: .1rem 0; overflow-wrap: anywhere; }
  .stack td[data-head]:not([data-head=""])::before { content: attr(data-head) ": "; color: var(--quiet); }
}
.banner { border-left: .4rem solid currentColor; padding: .5rem .9rem; margin: 1rem 0; background: #8881; }
.banner strong { font-size: 1.15rem; } .banner ul { margin: .4rem 0 0; padding-left: 1.2rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); } .quiet { color: var(--quiet); }
.banner ul, .banner p { color: CanvasText; } h1, .banner, pre, code { overflow-wrap: anywhere; }
figure { margin: 1.25rem 0; } figure svg { width: 100%; height: auto; display: block; }
figure .narrow { display: none; } @media (max-width: 46rem) { figure .wide { display: none; } figure .narrow { display: block; max-width: 30rem; } }
pre { overflow-x: auto; white-space: pre-wrap; background: #8881; padding: .5rem; margin: .3rem 0; font-size: .85rem; }
`;

/** The source expression with which a content security policy allows this style and no other. */
export const styleSource = `'sha256-${createHash('sha256').update(styleSheet).digest('base64')}'`;
