import type { Topic } from '../bake/effect.ts';
import type { NonEmpty } from '../base/non-empty.ts';

/** The placeholders that a template may contain. */
export const templatePlaceholders = [
  'service',
  'environment',
  'version',
  'commit',
  'by',
  'topic',
  'target',
  'title',
  'reasons',
  'url',
] as const;
/** The name of a placeholder, without braces. */
export type TemplatePlaceholder = (typeof templatePlaceholders)[number];

/** An operator's own title and text of a message. A missing one keeps its default. */
export type TemplateTexts = { readonly title?: string | undefined; readonly text?: string | undefined };
/** The texts of all notices, and the texts for single topics. */
export type Template = TemplateTexts & { readonly topics?: Readonly<Partial<Record<Topic, TemplateTexts>>> | undefined };

/** A message. `reasons` are the lines of its text. */
export type RenderedMessage = { readonly title: string; readonly reasons: NonEmpty<string> };

/** The values of the placeholders that do not come from the message itself. An unknown value is empty. */
export type TemplateValues = Readonly<Record<Exclude<TemplatePlaceholder, 'title' | 'reasons' | 'topic'>, string>> & {
  readonly topic: Topic;
};

const placeholderPattern = /\{([^{}]*)\}/g;

/** Returns the names in braces that are not placeholders. */
export function unknownPlaceholders(text: string): readonly string[] {
  const known: ReadonlySet<string> = new Set(templatePlaceholders);
  return [...text.matchAll(placeholderPattern)].flatMap(([, name = '']) => (known.has(name) ? [] : [name]));
}

/** The operator's own texts for a topic. */
export function ownTexts({ topics, title, text }: Template, topic: Topic): TemplateTexts {
  return { title: topics?.[topic]?.title ?? title, text: topics?.[topic]?.text ?? text };
}

/** Replaces the default texts of a message by the operator's own. Values are not searched for placeholders again. */
export function applyTemplate(template: Template, message: RenderedMessage, values: TemplateValues): RenderedMessage {
  const { title = '', text = '' } = ownTexts(template, values.topic);
  const fill = (pattern: string, separator: string): string => {
    const known: Readonly<Record<string, string>> = { ...values, title: message.title, reasons: message.reasons.join(separator) };
    return pattern.replace(placeholderPattern, (_, name: string) => known[name] ?? '');
  };
  // If `{reasons}` is alone in its line, each reason gets its own line.
  const lines = text.split('\n').flatMap((line) => (line.trim() === '{reasons}' ? message.reasons : fill(line, '; ').split('\n')));
  const [first, ...others] = lines.filter((line) => line.trim() !== '');
  const oneLine = fill(title, '; ').replace(/\s+/g, ' ').trim();
  return { title: oneLine || message.title, reasons: first === undefined ? message.reasons : [first, ...others] };
}
