import type { z } from 'zod';
import type { SeriesQuery } from '../../src/ports/provider.ts';
import type { QueryView, QueryViewer } from '../../src/ports/query-viewer.ts';
import { type GrafanaOption, grafanaExplore } from '../grafana-explore.ts';
import { selectorOf as alertSelectorOf } from './alerts.ts';
import { increaseQuery } from './forms.ts';

type ViewerOptions = { readonly public_url?: string | undefined; readonly grafana?: z.output<typeof GrafanaOption> };

/** The tools in which people open the queries of an instance. */
export function viewersOf({ public_url: url, grafana }: ViewerOptions): readonly QueryViewer[] {
  const own: QueryViewer = { name: 'Prometheus', addressOf: (view) => (url === undefined ? null : graphAddress(url, view)) };
  return [...(url === undefined ? [] : [own]), ...grafanaExplore(grafana, { type: 'prometheus', textsOf })];
}

/** The page of expressions that Prometheus 2 and 3, Thanos and VictoriaMetrics have: one panel for each query. It reads times in UTC. */
function graphAddress(url: string, view: QueryView): string | null {
  const texts = textsOf(view);
  if (texts.length === 0) return null;
  const range = `${Math.max(1, Math.ceil((view.to - view.from) / 60_000))}m`;
  const end = new Date(view.to).toISOString().slice(0, 19).replace('T', ' ');
  const panels = new URLSearchParams();
  for (const [i, text] of texts.entries())
    for (const [name, value] of Object.entries({ expr: text, tab: '0', range_input: range, end_input: end }))
      panels.append(`g${i}.${name}`, value);
  return `${url.replace(/\/+$/, '')}/graph?${panels.toString()}`;
}

function textsOf({ queries }: QueryView): readonly string[] {
  return queries.flatMap((query) => textOf(query) ?? []);
}

/** The expression as the server is asked; of counters that of a past, because their raw samples say little to people. */
function textOf(query: SeriesQuery): string | null {
  switch (query.form) {
    case 'events':
    case 'gauge':
      return query.query;
    case 'increase':
      return increaseQuery(query);
    case 'alert':
      return alertSelectorOf(query);
    case 'counter':
    case 'probe':
      return null;
  }
}
