import type { Report } from '../core/report/report.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportPage } from './report-page.ts';

/** Renders a report in each format for people. `deployUrl` is the address of the deploy's page. */
export const renderReport = {
  md: async (report: Report, deployUrl: string) => reportMarkdown(report, deployUrl),
  html: async (report: Report, deployUrl: string) => String(await reportPage(report, deployUrl)),
};
