import type { PersonVerb } from '../../ports/inbox.ts';

/** The verbs that have a button. */
export const verbs = ['approve', 'roll_back', 'pass', 'extend', 'mute'] as const satisfies readonly PersonVerb[];
