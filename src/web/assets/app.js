// What pages do for a reader with a script: times in the reader's zone, times left that count, a theme, a way to the search. All of it works without it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' });

function localize(root) {
  for (const time of root.querySelectorAll('time[data-show]')) {
    const at = new Date(time.dateTime);
    time.title = at
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, ' UTC');
    time.textContent = shown(at, time.dataset.show);
  }
  for (const note of root.querySelectorAll('[data-zone]')) note.textContent = `Times are ${zone} time; hover for UTC`;
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
  return day.format(at);
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
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || /^(?:INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '')) return;
  const search = document.querySelector('input[type="search"]');
  if (search === null) return;
  event.preventDefault();
  search.focus();
});
document.addEventListener('htmx:afterSwap', () => localize(document));
document.addEventListener('htmx:sseOpen', () => sayLive('good', 'Live'));
document.addEventListener('htmx:sseError', () => sayLive('warn', 'Reconnecting…'));
for (const hidden of document.querySelectorAll('[data-theme-switch]')) hidden.hidden = false;
localize(document);
count();
setInterval(count, 1000);
setInterval(() => localize(document), 30_000);
