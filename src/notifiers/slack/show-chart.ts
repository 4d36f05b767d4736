import { z } from 'zod';
import { describeChart } from '../../charts/describe-chart.ts';
import type { Chart } from '../../core/chart/chart.ts';
import type { Http } from '../../net/http.ts';
import type { Notice } from '../../ports/notifier.ts';
import { isOwnAddress } from './own-address.ts';
import { paintChart } from './paint-chart.ts';
import type { WebApi } from './web-api.ts';

export type ShowDeps = { readonly api: WebApi; readonly http: Http; readonly base: string; readonly timeoutMs: number };
export type Thread = { readonly channel: string; readonly ts: string };

const Place = z.looseObject({ upload_url: z.string(), file_id: z.string() });
const Shared = z.looseObject({});

/** The name of the file. It depends only on the notice, so that the file is found again. */
export function pictureName({ id }: Notice): string {
  return `bakewatch-${id.replace(/[^\w-]/g, '_').slice(-120)}.png`;
}

type Picture = { readonly chart: Chart | null; readonly name: string; readonly thread: Thread };

/**
 * Posts the picture of a notice's chart into a thread: gets an address from Slack, uploads the picture, and shares it. Throws nothing if that fails: the
 * notice has been delivered, and the page that it links to shows the chart.
 */
export async function showChart(deps: ShowDeps, { chart, ...where }: Picture, signal: AbortSignal): Promise<void> {
  if (chart === null) return;
  try {
    await upload(deps, { chart, ...where }, signal);
  } catch {
    return;
  }
}

type Upload = Picture & { readonly chart: Chart };

async function upload({ api, http, base, timeoutMs }: ShowDeps, { chart, name, thread }: Upload, signal: AbortSignal): Promise<void> {
  const bytes = await paintChart(chart);
  const file = { filename: name, length: bytes.byteLength, alt_txt: describeChart(chart).slice(0, 1_000) };
  const place = await api.call({ method: 'files.getUploadURLExternal', args: file, reply: Place }, signal);
  if (!place.ok || !isOwnAddress(place.value.upload_url, 'files', base)) return;
  const headers = { 'content-type': 'image/png' };
  const sent = await http.request({ method: 'POST', url: place.value.upload_url, headers, bytes, timeoutMs }, signal);
  if (sent.status !== 200) return;
  const files = [{ id: place.value.file_id, title: (chart.caption ?? chart.title).slice(0, 200) }];
  const args = { files, channel_id: thread.channel, thread_ts: thread.ts };
  await api.write({ method: 'files.completeUploadExternal', args, reply: Shared }, signal);
}
