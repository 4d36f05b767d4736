import type { Report } from '../core/report/report.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportPage } from './report-page.ts';

/** A report as text in each of the forms that people read. `deployUrl` is the deploy's page. */
export const renderReport = {
  md: async (report: Report, deployUrl: string) => reportMarkdown(report, deployUrl),
  html: async (report: Report, deployUrl: string) => String(await reportPage(report, deployUrl)),
};
