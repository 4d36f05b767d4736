import type { CommandTarget, HttpTarget, ProbeTarget } from './probe.ts';
import { type QueryValues, renderQuery } from './render-query.ts';

/** The placeholders that a probe may hold. */
export const probePlaceholders = ['service', 'environment', 'version', 'commit', 'known_good'] as const;

/**
 * Fills the placeholders of a probe in. Each value stays inside the argument, header or text that it stands in, and is percent-encoded in a URL, whose
 * scheme and host hold none: nothing is ever split, joined or interpreted. Throws `AppError` as `renderQuery` does.
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
  const fill = (text: string) => renderQuery(text, values);
  const fillAll = (texts: HttpTarget['headers']) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text)]));
  return {
    ...target,
    url: renderQuery(target.url, values, encodeURIComponent),
    send: fillAll(target.send),
    contains: target.contains === null ? null : fill(target.contains),
    lacks: target.lacks === null ? null : fill(target.lacks),
    headers: fillAll(target.headers),
  };
}

function renderCommand(target: CommandTarget, values: QueryValues): CommandTarget {
  const [program, ...args] = target.argv;
  return { ...target, argv: [program, ...args.map((arg) => renderQuery(arg, values))] };
}
