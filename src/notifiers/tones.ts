import { type Severity, severityOf } from '../core/severity.ts';

/** For colors and sounds: the severity of each topic. */
export type Tone = Severity;
export const tones = severityOf;
