import { textWidth } from '../../src/charts/text-width.ts';

/** A text of a drawing, with the room that it takes at most. */
export type TextBox = {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

/** The texts that a drawing shows. */
export function textBoxesOf(svg: string): readonly TextBox[] {
  return [...svg.replaceAll(/<\/?tspan[^>]*>/g, '').matchAll(/<text ([^>]*)>([^<]*)</g)].map(([, attributes = '', escaped = '']) => {
    const read = (name: string) => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1];
    const text = escaped
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
    const size = Number(read('font-size') ?? 12);
    const width = textWidth(text, size);
    const [x, y] = [Number(read('x')), Number(read('y'))];
    const left = x - width * ({ middle: 0.5, end: 1 }[read('text-anchor') ?? ''] ?? 0);
    return { text, left, right: left + width, top: y - 0.8 * size, bottom: y + 0.2 * size };
  });
}

/** The pairs of texts that cover each other. */
export function overlapsOf(boxes: readonly TextBox[]): readonly string[] {
  return boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => `${a.text} / ${b.text}`),
  );
}
