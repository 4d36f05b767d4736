#!/usr/bin/env node
import { absentRuns } from './app/absent-runs.ts';
import { runCli } from './app/run-cli.ts';

// The command line without the server: the package `bakewatch-cli`.
process.exitCode = await runCli(absentRuns);
