import fc from 'fast-check';
import { runs } from './runs.ts';

// A property that names no number of its own has fast-check's hundred runs: a fifth of them with `QUICK=true`.
fc.configureGlobal(runs(100));
