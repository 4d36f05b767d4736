import { checkTitle } from '../core/judge/headline.ts';

// Names of services, releases and people keep their case.
const opening = /^(the|this|that|these|there|all|no|not|nothing|nobody|it|its|a|an|only|one|traffic|forms|every)\b/;

/** What the judge says, as a sentence: it begins with a capital letter, and ends with a full stop. */
export function verdictSentence(text: string): string {
  return `${checkTitle(text)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}

/** A text as a sentence: its first letter large, where it is no name, and a full stop at its end. */
export function sentence(text: string): string {
  const begun = opening.test(text) ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
