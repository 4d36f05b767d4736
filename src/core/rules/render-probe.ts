import type { CommandTarget, HttpTarget, ProbeTarget } from './probe.ts';
import { type QueryValues, renderText } from './render-query.ts';

/** The placeholders that a probe may contain. */
export const probePlaceholders = ['service', 'environment', 'version', 'commit', 'known_good'] as const;

/**
 * Replaces the placeholders of a probe. Each value stays inside its argument, header or text. In a URL it is percent-encoded; scheme and host contain no
 * placeholder. Nothing is split, joined or interpreted. Throws `AppError` as `renderText` does.
 */
export function renderProbe(target: ProbeTarget, values: QueryValues): ProbeTarget {
  switch (target.kind) {
    case 'http':
      return renderHttp(target, values);
    case 'tcp':
      return target;
    case 'command':
      return renderCommand(target, values);
  }
}

function renderHttp(target: HttpTarget, values: QueryValues): HttpTarget {
  const fill = (text: string) => renderText(text, values);
  const fillAll = (texts: HttpTarget['headers']) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text)]));
  return {
    ...target,
    url: renderText(target.url, values, encodeURIComponent),
    send: fillAll(target.send),
    contains: target.contains === null ? null : fill(target.contains),
    lacks: target.lacks === null ? null : fill(target.lacks),
    headers: fillAll(target.headers),
  };
}

function renderCommand(target: CommandTarget, values: QueryValues): CommandTarget {
  const [program, ...args] = target.argv;
  return { ...target, argv: [program, ...args.map((arg) => renderText(arg, values))] };
}
