import { readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { loadFiles } from '../rules/load-files.ts';
import type { AppFiles } from './app-config.ts';
import { plugins } from './plugins.ts';

export type FileSourceInput = {
  /** The path of the config. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  readonly listFiles: (folder: string) => readonly string[];
};

/** Where the config, the rule files and the secrets of a server come from. */
export type FileSource = {
  /** The name of this replica in the rule book: the same before and after a restart. */
  readonly replica: string;
  /** Reads all files. Throws a `ConfigError` where the config cannot be used. */
  load(): AppFiles;
  /** What identifies the present state of each file that the last loads read. Follows links, so that the switch of a link is seen as a change. */
  fingerprints(): Promise<ReadonlyMap<string, string>>;
};

/** Creates the source of the files behind a config. It remembers which files a load reads: also those that are extended, and those with secrets. */
export function createFileSource({ file, env, readFile, listFiles }: FileSourceInput): FileSource {
  let paths: ReadonlySet<string> = new Set();
  let folders: ReadonlySet<string> = new Set();
  return {
    replica: `${hostname()}:${resolve(file)}`,
    load() {
      const [read, listed] = [new Set<string>([file]), new Set<string>()];
      const recorded = {
        readFile: (path: string) => {
          read.add(path);
          return readFile(path);
        },
        listFiles: (folder: string) => {
          listed.add(folder);
          return listFiles(folder);
        },
      };
      try {
        const files = loadFiles({ file, env, plugins, ...recorded });
        [paths, folders] = [read, listed];
        return files;
      } catch (error) {
        // A bad config may hide other files: those of the last good load are still looked at.
        [paths, folders] = [new Set([...paths, ...read]), new Set([...folders, ...listed])];
        throw error;
      }
    },
    async fingerprints() {
      const ofFiles = [...paths].map(async (path) => [`file ${path}`, await fingerprintOf(path)] as const);
      const ofFolders = [...folders].map(async (path) => [`folder ${path}`, await namesIn(path)] as const);
      return new Map(await Promise.all([...ofFiles, ...ofFolders]));
    },
  };
}

async function fingerprintOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join(':');
  } catch {
    return 'missing';
  }
}

async function namesIn(folder: string): Promise<string> {
  try {
    return JSON.stringify((await readdir(folder)).sort());
  } catch {
    return 'missing';
  }
}
