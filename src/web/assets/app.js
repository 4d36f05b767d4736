// What pages do for a reader with a script: times in the reader's zone, times left that count, a theme, a way to the search. All of it works without it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const dayOfYear = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const day = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' });

function localize(root) {
  for (const time of root.querySelectorAll('[data-show]')) {
    const at = new Date(time.dateTime ?? time.dataset.at);
    time.textContent = shown(at, time.dataset.show);
    // A text of a drawing has no title.
    if (time.dateTime === undefined) continue;
    time.title = at
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, ' UTC');
  }
  for (const note of root.querySelectorAll('[data-zone]'))
    note.textContent = zone === 'UTC' ? 'Times are UTC' : `Times are ${zone} time; hover for UTC`;
}

function shown(at, form) {
  if (form === 'clock') return clock.format(at);
  if (form === 'seconds') return clockSeconds.format(at);
  if (form === 'day') return day.format(at);
  if (form === 'full') return `${day.format(at)} ${clockSeconds.format(at)}`;
  return ago(at);
}

function ago(at) {
  const seconds = Math.max(0, Math.round((Date.now() - at.getTime()) / 1000));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return (at.getFullYear() === new Date().getFullYear() ? dayOfYear : day).format(at);
}

function count() {
  for (const left of document.querySelectorAll('[data-ends]')) {
    const seconds = Math.max(0, Math.round((Date.parse(left.dataset.ends) - Date.now()) / 1000));
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    left.textContent = h > 0 ? `${h} h ${m} m` : `${m}:${String(s).padStart(2, '0')}`;
  }
}

function chooseTheme() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const now = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
  const next = now === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet.
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
}

function sayLive(tone, words) {
  for (const live of document.querySelectorAll('.live')) {
    if (live.textContent === words) continue;
    live.className = `live ${tone}`;
    live.textContent = words;
  }
}

document.addEventListener('click', async ({ target }) => {
  if (target.closest('[data-theme-switch]')) chooseTheme();
  const copy = target.closest('[data-copy]');
  if (copy === null) return;
  await navigator.clipboard.writeText(copy.dataset.copy);
  copy.textContent = 'Copied';
  setTimeout(() => copy.replaceChildren('Copy'), 3_000);
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || /^(?:INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '')) return;
  const search = document.querySelector('input[type="search"]');
  if (search === null) return;
  event.preventDefault();
  search.focus();
});
// An address may name what is folded up.
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named?.matches('details')) named.open = true;
}
addEventListener('hashchange', openNamed);
openNamed();
// Parts that are renewed keep what the reader has opened.
const opened = new Map();
document.addEventListener(
  'toggle',
  ({ target }) => {
    // A menu is toggled as well, and is not kept.
    if (target.matches('details[id]')) opened.set(target.id, target.open);
  },
  true,
);
function keepOpened() {
  for (const [id, isOpen] of opened) document.getElementById(id)?.toggleAttribute('open', isOpen);
}
document.addEventListener('htmx:oobAfterSwap', () => {
  keepOpened();
  for (const says of document.querySelectorAll('[data-says]')) {
    const words = document.querySelector(says.dataset.says)?.textContent ?? '';
    // Only a change is announced.
    if (says.dataset.said !== undefined && says.dataset.said !== words) says.textContent = words;
    says.dataset.said = words;
  }
  localize(document);
  count();
});
for (const says of document.querySelectorAll('[data-says]'))
  says.dataset.said = document.querySelector(says.dataset.says)?.textContent ?? '';
const renewal = () => document.querySelector('#renewal[hx-get]');
let renewedAt = Date.now();
document.addEventListener('htmx:afterRequest', ({ detail }) => {
  if (detail.elt.id !== 'renewal') return;
  if (detail.successful) {
    renewedAt = Date.now();
    sayLive(renewal() === null ? 'idle' : 'good', renewal() === null ? 'Ended' : 'Live');
  } else sayLive('warn', Date.now() - renewedAt < 30_000 ? 'Reconnecting…' : `Stale since ${clock.format(renewedAt)}`);
});
if (renewal() !== null) sayLive('good', 'Live');
document.addEventListener('htmx:afterSwap', () => localize(document));
document.addEventListener('change', ({ target }) => {
  if (target.matches('[data-submits]')) target.form.requestSubmit();
});

// A part that follows events asks again at once, then at most every two seconds, and always after the last event.
const minPauseMs = 2_000;
const askedAt = new WeakMap();
const pending = new WeakSet();
const unseen = new Set();
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  for (const part of unseen) htmx.trigger(part, 'renew');
  unseen.clear();
});
document.addEventListener('htmx:confirm', (event) => {
  const part = event.target;
  if (!part.matches('[data-paced]')) return;
  event.preventDefault();
  // Nobody looks: it is asked for when somebody does.
  if (document.hidden) {
    unseen.add(part);
    return;
  }
  if (pending.has(part)) return;
  pending.add(part);
  const wait = Math.max(0, (askedAt.get(part) ?? 0) + minPauseMs - Date.now());
  setTimeout(() => {
    pending.delete(part);
    askedAt.set(part, Date.now());
    event.detail.issueRequest(true);
  }, wait);
});

const verdicts = () =>
  new Map([...document.querySelectorAll('#places tbody tr')].map((row) => [row.id, row.querySelector('.verdict')?.textContent]));
let before = verdicts();
document.addEventListener('htmx:afterRequest', ({ target }) => {
  if (!target.matches('[data-paced]')) return;
  localize(document);
  count();
  keepOpened();
  const now = verdicts();
  sayNews([...now].filter(([id, verdict]) => before.get(id) !== verdict));
  before = now;
  const order = document.getElementById('order');
  if (order !== null) order.hidden = order.dataset.order === [...now.keys()].join(' ');
});

function sayNews(changes) {
  const news = document.getElementById('news');
  if (news === null || changes.length === 0) return;
  news.textContent = changes.map(([id, verdict]) => `${document.querySelector(`#${id} .name`)?.textContent}: ${verdict}`).join('; ');
}

// "Live" only while the stream is open. After half a minute without it, the page says since when it is stale.
const staleAfterMs = 30_000;
let lostAt = null;
document.addEventListener('htmx:sseOpen', () => {
  // Whatever happened meanwhile is asked for.
  if (lostAt !== null) for (const part of document.querySelectorAll('[data-paced]')) htmx.trigger(part, 'renew');
  lostAt = null;
  sayLive('good', 'Live');
});
document.addEventListener('htmx:sseError', () => {
  lostAt ??= Date.now();
  sayLost();
});

function sayLost() {
  if (lostAt === null) return;
  if (Date.now() - lostAt < staleAfterMs) sayLive('warn', 'Reconnecting…');
  else sayLive('bad', `Stale since ${clock.format(lostAt)}`);
}

setInterval(sayLost, 5_000);
for (const hidden of document.querySelectorAll('[data-theme-switch], [data-copy]')) hidden.hidden = false;
localize(document);
count();
setInterval(count, 1000);
setInterval(() => localize(document), 30_000);
