import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { drawChart } from '../../charts/draw-chart.ts';
import type { Chart } from '../../core/chart/chart.ts';

const size = { width: 640, height: 340, theme: 'light' } as const;
const family = 'DejaVu Sans';
const require = createRequire(import.meta.url);

// The process has one renderer, which may be initialized only once. It is loaded with the first picture.
let renderer: Promise<ChartRenderer> | null = null;

type ChartRenderer = { readonly Resvg: typeof import('@resvg/resvg-wasm').Resvg; readonly font: Uint8Array };

/** Draws a chart as a PNG with twice the displayed size. */
export async function paintChart(chart: Chart): Promise<Uint8Array> {
  renderer ??= load();
  const { Resvg, font } = await renderer;
  const options = { fontBuffers: [font], defaultFontFamily: family, sansSerifFamily: family };
  const drawing = new Resvg(drawChart(chart, size), { font: options, fitTo: { mode: 'zoom', value: 2 } });
  const image = drawing.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    drawing.free();
  }
}

async function load(): Promise<ChartRenderer> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  await initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return { Resvg, font: await readFile(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')) };
}
