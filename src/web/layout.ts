import type { Caller } from '../usecases/caller.ts';
import { assetPath, styleSheet } from './assets.ts';
import { type Html, html, raw } from './html.ts';
import { icon } from './icons.ts';
import type { Viewer } from './viewer.ts';

const sections = [
  { name: 'overview', title: 'Overview', path: '/' },
  { name: 'deploys', title: 'Deploys', path: '/deploys' },
  { name: 'freezes', title: 'Freezes', path: '/freeze' },
  { name: 'audit', title: 'Audit', path: '/audit' },
] as const;

/** What is around the body of a page. `section`: the part of the navigation that it belongs to. `isLive`: it follows the server's events. */
export type PageFrame = {
  readonly title: string;
  readonly viewer: Viewer;
  readonly section?: (typeof sections)[number]['name'];
  readonly isLive?: boolean;
  /** It asks for its own parts again, because it also follows what is measured. */
  readonly isRenewed?: boolean;
};

/** Without these, htmx would write a style into the page and could evaluate text. */
const htmxConfig = JSON.stringify({ includeIndicatorStyles: false, allowEval: false, selfRequestsOnly: true, historyCacheSize: 0 });

/** The frame of every page. A page is complete without a script; scripts keep it up to date. */
export function layout({ title, viewer, section, isLive = false, isRenewed = false }: PageFrame, body: Html): Html {
  const head = html`<link rel="icon" href="${assetPath('favicon.svg')}"><link rel="stylesheet" href="${assetPath('style.css')}">
<meta name="htmx-config" content="${htmxConfig}">
<script src="${assetPath('htmx.js')}" defer=""></script><script src="${assetPath('sse.js')}" defer=""></script><script src="${assetPath('app.js')}" defer=""></script>`;
  const events = isLive ? html` hx-ext="sse" sse-connect="/events"` : '';
  return page(
    { title, head, theme: viewer.theme },
    html`<body${events}><a class="skip" href="#main">Skip to the content</a>
<header class="top"><div class="wrap"><a class="brand" href="/"><img src="${assetPath('favicon.svg')}" alt="" width="22" height="22">Bakewatch</a>
${viewer.caller === null ? '' : html`<nav class="nav" id="menu" popover="" aria-label="Main">${sections.map((one) => html`<a href="${one.path}"${one.name === section ? html` aria-current="page"` : ''}>${one.title}</a>`)}</nav>`}
<div class="who">${isLive || isRenewed ? html`<span class="live idle" role="status"></span>` : ''}${viewer.caller === null ? '' : html`${callerPart(viewer.caller)}${signOut(viewer)}<button class="button plain menu" type="button" popovertarget="menu" aria-label="Menu">${icon('menu')}</button>`}</div></div></header>
<main class="wrap" id="main">${body}</main>
<footer class="wrap foot"><span>Bakewatch</span><span data-zone="">Times are UTC</span><button class="link" type="button" data-theme-switch="" hidden="">Light or dark</button><nav aria-label="About"><a href="/docs">API</a><a href="/health/ready">Health</a></nav></footer>
</body>`,
  );
}

function signOut({ session }: Viewer): Html | string {
  if (session === undefined) return '';
  return html`<form method="post" action="/auth/sign-out"><button class="button plain" type="submit">Sign out</button></form>`;
}

/** Who looks at the page: initials, and the name where there is room. */
function callerPart({ name }: Caller): Html {
  const initials = name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join('');
  return html`<span class="caller"><span class="initials accent" aria-hidden="true">${initials}</span><span class="caller-name">${name}</span></span>`;
}

/** A page with its style inside, so that it can be kept as one file. Where it is served, `styleSource` allows the style. */
export function document(title: string, body: Html): Html {
  const head = html`<link rel="icon" href="data:,"><style>${raw(styleSheet)}</style>`;
  return page({ title, head, theme: null }, html`<body><main class="wrap" id="main">${body}</main></body>`);
}

type PageHead = { readonly title: string; readonly head: Html; readonly theme: Viewer['theme'] };

function page({ title, head, theme }: PageHead, body: Html): Html {
  return html`<!doctype html>
<html lang="en"${theme === null ? '' : html` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Bakewatch</title>
${head}
</head>
${body}
</html>`;
}
