import type { PersonVerb } from '../../ports/inbox.ts';

/** What there are buttons for. */
export const verbs = ['approve', 'roll_back', 'pass', 'extend', 'mute'] as const satisfies readonly PersonVerb[];
