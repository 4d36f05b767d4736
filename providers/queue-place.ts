import type { Urgency } from '../src/ports/provider.ts';
import type { LaneTicket } from './lanes.ts';

/** How urgent a question is. It rises when a more urgent caller asks the same, also while the question waits in the queue. */
export type QueuePlace = {
  /** The step of the question's window. */
  readonly stepMs: number;
  readonly urgency: () => Urgency;
  readonly raise: (urgency: Urgency) => void;
  /** The question has entered the queue. */
  readonly onTicket: (ticket: LaneTicket) => void;
};

/** When a call ends early, and how urgent it is. */
export type CallContext = { readonly signal: AbortSignal; readonly place: QueuePlace };

/** Creates the place of a question that is not queued yet. */
export function createQueuePlace(first: Urgency, stepMs: number): QueuePlace {
  let urgency = first;
  let ticket: LaneTicket | null = null;
  return {
    stepMs,
    urgency: () => urgency,
    raise: (wanted) => {
      if (isMoreUrgent(wanted, urgency)) urgency = wanted;
      ticket?.raise(urgency);
    },
    onTicket: (given) => {
      ticket = given;
    },
  };
}

/** The place of questions that are asked together: as urgent as the most urgent of them, now and later. */
export function joinPlaces(places: readonly QueuePlace[]): QueuePlace {
  const joined = createQueuePlace('advisory', Math.min(...places.map(({ stepMs }) => stepMs)));
  for (const place of places) {
    joined.raise(place.urgency());
    place.onTicket(joined);
  }
  return joined;
}

function isMoreUrgent(one: Urgency, other: Urgency): boolean {
  return one !== other && (one === 'urgent' || other === 'advisory');
}
