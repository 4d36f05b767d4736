import type { Topic } from '../bake/effect.ts';
import type { NonEmpty } from '../base/non-empty.ts';

/** What stands for itself in the words of a message. */
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
export type TemplatePlaceholder = (typeof templatePlaceholders)[number];

/** An operator's own words for a message. What is missing stays as it is. */
export type TemplateTexts = { readonly title?: string | undefined; readonly text?: string | undefined };
/** The words of every notice, and other ones for some topics. */
export type Template = TemplateTexts & { readonly topics?: Readonly<Partial<Record<Topic, TemplateTexts>>> | undefined };

/** A message as it would be without a template; `reasons` is its text, line by line. */
export type RenderedMessage = { readonly title: string; readonly reasons: NonEmpty<string> };

/** What every placeholder but those of the message itself stands for; empty where it is not known. */
export type TemplateValues = Readonly<Record<Exclude<TemplatePlaceholder, 'title' | 'reasons' | 'topic'>, string>> & {
  readonly topic: Topic;
};

const placeholderPattern = /\{([^{}]*)\}/g;

/** The names between braces that stand for nothing. */
export function unknownPlaceholders(text: string): readonly string[] {
  const known: ReadonlySet<string> = new Set(templatePlaceholders);
  return [...text.matchAll(placeholderPattern)].flatMap(([, name = '']) => (known.has(name) ? [] : [name]));
}

/** Puts the operator's words in the place of the usual ones. What is filled in is never looked through for placeholders again. */
export function applyTemplate(template: Template, usual: RenderedMessage, values: TemplateValues): RenderedMessage {
  const own = template.topics?.[values.topic];
  const [title = '', text = ''] = [own?.title ?? template.title, own?.text ?? template.text];
  const fill = (words: string, joint: string): string => {
    const known: Readonly<Record<string, string>> = { ...values, title: usual.title, reasons: usual.reasons.join(joint) };
    return words.replace(placeholderPattern, (_, name: string) => known[name] ?? '');
  };
  // Reasons that stand in a line of their own get a line each.
  const lines = text.split('\n').flatMap((line) => (line.trim() === '{reasons}' ? usual.reasons : fill(line, '; ').split('\n')));
  const [first, ...others] = lines.filter((line) => line.trim() !== '');
  const oneLine = fill(title, '; ').replace(/\s+/g, ' ').trim();
  return { title: oneLine || usual.title, reasons: first === undefined ? usual.reasons : [first, ...others] };
}
