import { regression } from '../../analyzers/regression.ts';
import { describeAnalyzerContract } from '../contracts/analyzer.ts';

const some = [{}, { tolerance: 0.3 }, { direction: 'up' }, { direction: 'down', tolerance: 0 }];
describeAnalyzerContract({ ...regression, kinds: ['value'] }, { params: { value: some } });
