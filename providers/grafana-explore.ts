import { z } from 'zod';
import { ServerAddress } from '../src/net/address.ts';
import type { QueryViewer } from '../src/ports/query-viewer.ts';

/** The Grafana in which people open queries, as the operator writes it. */
export const GrafanaOption = z
  .strictObject({
    url: ServerAddress.describe("The address of Grafana for people's browsers, with its path if it has one."),
    datasource: z
      .string()
      .regex(/^[\w-]{1,40}$/, 'is not the UID of a data source; the UID is in its address, /connections/datasources/edit/UID')
      .describe('The UID of the data source in Grafana that reads the same server.'),
    org: z.int().positive().default(1).describe('The number of the organization. Default: 1.'),
  })
  .optional()
  .describe('Where the page of a deploy opens queries: Grafana 10.1 or later. Default: nowhere.');

type ExploreTexts = {
  /** The type of the data source, as Grafana calls it. */
  readonly type: 'prometheus' | 'loki';
  /** The text of each query that the data source takes. */
  readonly textsOf: (view: Parameters<QueryViewer['addressOf']>[0]) => readonly string[];
};

/** Opens queries in Grafana's Explore, each as a range query of its own. */
export function grafanaExplore(options: z.output<typeof GrafanaOption>, { type, textsOf }: ExploreTexts): readonly QueryViewer[] {
  if (options === undefined) return [];
  const { url, datasource, org } = options;
  return [
    {
      name: 'Grafana',
      addressOf(view) {
        const texts = textsOf(view);
        if (texts.length === 0) return null;
        const queries = texts.map((expr, i) => ({
          refId: String.fromCodePoint(65 + i),
          datasource: { type, uid: datasource },
          expr,
          ...(type === 'loki' ? { queryType: 'range' } : { range: true, instant: false }),
        }));
        const pane = { datasource, queries, range: { from: String(view.from), to: String(view.to) } };
        const query = new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify({ bake: pane }), orgId: String(org) });
        return `${url.replace(/\/+$/, '')}/explore?${query.toString()}`;
      },
    },
  ];
}
