import { NotOurs } from '../../src/effects/hook-attempt.ts';

/** Stands for the end of the process: nothing after it is written. */
export class Killed extends NotOurs {
  constructor() {
    super('killed');
  }
}
