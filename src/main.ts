#!/usr/bin/env node
import { runCli } from './app/run-cli.ts';
import { serverRuns } from './app/server-runs.ts';

// The command line with the server.
process.exitCode = await runCli(serverRuns);
