import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { drawChart } from '../../charts/draw-chart.ts';
import type { Chart } from '../../core/chart/chart.ts';

const size = { width: 640, height: 340, theme: 'light' } as const;
const family = 'DejaVu Sans';
const require = createRequire(import.meta.url);

// The process has one renderer, which may be initialized only once. It is loaded with the first picture.
let font: Promise<Uint8Array> | null = null;

/** Draws a chart as a PNG with twice the displayed size. */
export async function paintChart(chart: Chart): Promise<Uint8Array> {
  font ??= load();
  const options = { fontBuffers: [await font], defaultFontFamily: family, sansSerifFamily: family };
  const renderer = new Resvg(drawChart(chart, size), { font: options, fitTo: { mode: 'zoom', value: 2 } });
  const image = renderer.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    renderer.free();
  }
}

async function load(): Promise<Uint8Array> {
  await initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return await readFile(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
}
