import { type SeenRequest, type StubReply, startStubServer } from './stub-server.ts';

/** Something that an agent has sent: a number of events, or a gauge's value, at an instant. */
export type DatadogPoint = { readonly metric: string; readonly at: number; readonly value: number; readonly tags?: readonly string[] };

/** The body of a request for time series. */
export type TimeseriesBody = {
  readonly data: {
    readonly type: string;
    readonly attributes: {
      readonly from: number;
      readonly to: number;
      readonly interval: number;
      readonly queries: readonly { readonly data_source: string; readonly name: string; readonly query: string }[];
      readonly formulas: readonly { readonly formula: string }[];
    };
  };
};

export type FakeDatadog = {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** The bodies of the requests for time series. */
  readonly bodies: () => readonly TimeseriesBody[];
  readonly add: (...points: readonly DatadogPoint[]) => void;
  readonly close: () => Promise<void>;
};

/**
 * Starts a stand-in for Datadog's `POST /api/v2/query/timeseries`, as its OpenAPI and its recorded answers describe it: points are stamped with the begin of
 * an interval on a multiple of its length; all series share `times`; a series without a value there has null. `minIntervalMs`: it chooses at least this interval.
 */
export async function startFakeDatadog({ minIntervalMs = 0 }: { readonly minIntervalMs?: number } = {}): Promise<FakeDatadog> {
  const server = await startStubServer();
  const points: DatadogPoint[] = [];
  const read = ({ body }: SeenRequest): TimeseriesBody => JSON.parse(body);
  server.reply((request) => {
    if (request.headers['dd-api-key'] === undefined || request.headers['dd-application-key'] === undefined)
      return { status: 403, body: { errors: ['Forbidden'] } };
    const { type, attributes } = read(request).data;
    if (request.method !== 'POST' || request.url !== '/api/v2/query/timeseries') return { status: 404, body: { errors: ['Not found'] } };
    if (type !== 'timeseries_request') return { status: 400, body: { errors: ['API input validation failed'] } };
    return timeseries(points, { ...attributes, interval: Math.max(attributes.interval, minIntervalMs) });
  });
  return {
    url: server.url,
    requests: server.requests,
    bodies: () => server.requests.map(read),
    add: (...more) => points.push(...more),
    close: () => server.close(),
  };
}

type Column = ReadonlyMap<number, number>;

function timeseries(points: readonly DatadogPoint[], asked: TimeseriesBody['data']['attributes']): StubReply {
  const { queries, formulas, interval, from, to } = asked;
  const inside = points.filter(({ at }) => at >= from && at < to);
  const results = new Map<string, readonly { readonly tags: readonly string[]; readonly column: Column }[]>();
  for (const { name, query } of queries) {
    const [, aggregator = '', metric = '', scope = '', by = ''] =
      /^(\w+):([\w.]+)\{([^{}]*)\}(?: by \{([^{}]*)\})?(?:\.as_count\(\))?$/.exec(query) ?? [];
    if (metric === '') return { status: 400, body: { errors: [`Error parsing query: unable to parse ${query}`] } };
    const wanted = scope === '*' ? [] : scope.split(',');
    const own = inside.filter((point) => point.metric === metric && wanted.every((tag) => point.tags?.includes(tag)));
    const keys = by === '' ? [] : by.split(',');
    const tagsOf = ({ tags = [] }: DatadogPoint) => tags.filter((tag) => keys.some((key) => tag.startsWith(`${key}:`)));
    const groups = Map.groupBy(own, (point) => tagsOf(point).join());
    results.set(
      name,
      [...groups].map(([tags, group]) => ({ tags: tags === '' ? [] : tags.split(','), column: columnOf(group, aggregator, interval) })),
    );
  }
  const series = formulas.flatMap(({ formula }, index) => {
    const [, left = '', right] = /^(q\d+)(?: \/ (q\d+))?$/.exec(formula) ?? [];
    return (results.get(left) ?? []).map(({ tags, column }) => ({
      tags,
      index,
      column: right ? ratio(column, results.get(right)?.[0]?.column) : column,
    }));
  });
  const times = [...new Set(series.flatMap(({ column }) => [...column.keys()]))].sort((a, b) => a - b);
  return {
    body: {
      data: {
        id: '0',
        type: 'timeseries_response',
        attributes: {
          series: series.map(({ tags, index }) => ({ group_tags: tags, query_index: index, unit: null })),
          times,
          values: series.map(({ column }) => times.map((time) => column.get(time) ?? null)),
        },
      },
    },
  };
}

function columnOf(points: readonly DatadogPoint[], aggregator: string, interval: number): Column {
  const buckets = Map.groupBy(points, ({ at }) => Math.floor(at / interval) * interval);
  return new Map(
    [...buckets].map(([time, own]) => {
      const sum = own.reduce((all, { value }) => all + value, 0);
      return [time, aggregator === 'avg' ? sum / own.length : sum] as const;
    }),
  );
}

function ratio(left: Column, right: Column = new Map()): Column {
  return new Map([...left].flatMap(([time, value]) => (right.has(time) ? [[time, value / (right.get(time) ?? 1)] as const] : [])));
}
