import type { MetricDataQuery, MetricStat } from '../../providers/cloudwatch/compose.ts';
import { type SeenRequest, type StubReply, startStubServer } from './stub-server.ts';

/** A value that was sent to CloudWatch. `dimensions` is a list such as `LoadBalancer=app/shop/1`, sorted. */
export type CloudWatchDatum = { readonly metric: string; readonly dimensions: string; readonly at: number; readonly value: number };

/** The body of a request. */
export type MetricDataInput = {
  readonly MetricDataQueries: readonly MetricDataQuery[];
  readonly StartTime: number;
  readonly EndTime: number;
  readonly NextToken?: string;
};

export type FakeCloudWatch = {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** The bodies of the requests. */
  readonly inputs: () => readonly MetricDataInput[];
  readonly add: (...data: readonly CloudWatchDatum[]) => void;
  readonly close: () => Promise<void>;
};

/**
 * Starts a stand-in for CloudWatch's `GetMetricData` over AWS JSON 1.0, as its model and its API reference describe it: a metric is found by all of its
 * dimensions, a point is stamped with the begin of its period, a period without data has no point. `pageSize`: points on a page.
 */
export async function startFakeCloudWatch({ pageSize = 100_800 }: { readonly pageSize?: number } = {}): Promise<FakeCloudWatch> {
  const server = await startStubServer();
  const data: CloudWatchDatum[] = [];
  const read = ({ body }: SeenRequest): MetricDataInput => JSON.parse(body);
  server.reply((request) => {
    const { 'x-amz-target': target, authorization = '' } = request.headers;
    if (target !== 'GraniteServiceVersion20100801.GetMetricData') return fault('UnknownOperationException', '');
    if (
      !/^AWS4-HMAC-SHA256 Credential=\w+\/\d{8}\/eu-west-1\/monitoring\/aws4_request, SignedHeaders=\S*x-amz-target\S*, Signature=\w{64}$/.test(
        authorization,
      )
    )
      return fault('IncompleteSignatureException', authorization);
    return metricData(data, read(request), pageSize);
  });
  return {
    url: server.url,
    requests: server.requests,
    inputs: () => server.requests.map(read),
    add: (...more) => data.push(...more),
    close: () => server.close(),
  };
}

/** The answer for an error of AWS. */
export function fault(type: string, message: string): StubReply {
  return { status: 400, body: { __type: `com.amazonaws.cloudwatch#${type}`, message } };
}

type Points = ReadonlyMap<number, number>;
type Result = {
  readonly Id: string;
  readonly Label: string;
  readonly StatusCode: string;
  readonly Timestamps: number[];
  readonly Values: number[];
};

function metricData(
  data: readonly CloudWatchDatum[],
  { MetricDataQueries, StartTime, EndTime, NextToken = '0' }: MetricDataInput,
  pageSize: number,
): StubReply {
  const found = new Map<string, Points>();
  for (const query of MetricDataQueries) {
    if ('MetricStat' in query) {
      if (/^\s*$/.test(query.MetricStat.Metric.MetricName))
        return fault('InvalidParameterValueException', 'The parameter MetricName is empty');
      const inside = data.filter(({ at }) => at >= StartTime * 1_000 && at < EndTime * 1_000);
      found.set(query.Id, pointsOf(inside, query.MetricStat));
    } else found.set(query.Id, quotient(query.Expression, found));
  }
  const wanted = MetricDataQueries.filter(({ ReturnData }) => ReturnData).flatMap(({ Id }) =>
    [...(found.get(Id) ?? new Map<number, number>())].sort(([a], [b]) => a - b).map(([time, value]) => ({ Id, time, value })),
  );
  const begin = Number(NextToken);
  const page = wanted.slice(begin, begin + pageSize);
  const isLast = begin + pageSize >= wanted.length;
  const results = MetricDataQueries.filter(({ ReturnData }) => ReturnData).map(({ Id }): Result => {
    const own = page.filter((point) => point.Id === Id);
    const rest = wanted.slice(begin + pageSize).some((point) => point.Id === Id);
    return {
      Id,
      Label: Id,
      StatusCode: rest ? 'PartialData' : 'Complete',
      Timestamps: own.map(({ time }) => time),
      Values: own.map(({ value }) => value),
    };
  });
  return { body: { MetricDataResults: results, Messages: [], ...(!isLast && { NextToken: String(begin + pageSize) }) } };
}

function pointsOf(data: readonly CloudWatchDatum[], { Metric, Period, Stat }: MetricStat): Points {
  const dimensions = Metric.Dimensions.map(({ Name, Value }) => `${Name}=${Value}`)
    .sort()
    .join();
  const own = data.filter((datum) => datum.metric === `${Metric.Namespace}:${Metric.MetricName}` && datum.dimensions === dimensions);
  const periods = Map.groupBy(own, ({ at }) => Math.floor(at / 1_000 / Period) * Period);
  return new Map(
    [...periods].map(([time, list]) => [
      time,
      statisticOf(
        list.map(({ value }) => value),
        Stat,
      ),
    ]),
  );
}

function statisticOf(values: readonly number[], statistic: string): number {
  const [, above] = /^TC\(([\d.]+):\)$/.exec(statistic) ?? [];
  if (above !== undefined) return values.filter((value) => value > Number(above)).length;
  const sum = values.reduce((all, value) => all + value, 0);
  return statistic === 'Average' ? sum / values.length : statistic === 'SampleCount' ? values.length : sum;
}

function quotient(expression: string, found: ReadonlyMap<string, Points>): Points {
  const [, left = '', right = ''] = /^(\w+) \/ (\w+)$/.exec(expression) ?? [];
  const below = found.get(right);
  return new Map(
    [...(found.get(left) ?? [])].flatMap(([time, value]) => (below?.has(time) ? [[time, value / (below.get(time) ?? 1)] as const] : [])),
  );
}
