import { type Io, say, sayJson } from './io.ts';
import { writeNew } from './write-new.ts';

/** The files of one `init`, and how it prints. With JSON, lines for people go to standard error. */
export type FileList = {
  readonly io: Io;
  /** Writes a new file and says so. Returns false, and changes nothing, where it exists. */
  write(path: string, text: string, remark?: string): Promise<boolean>;
  /** Says that a file exists and stays as it is. */
  keep(path: string): void;
  /** With JSON: prints which files were written and which were kept. */
  print(): void;
};

export function createFileList(io: Io, isJson: boolean): FileList {
  const [written, kept]: [string[], string[]] = [[], []];
  const forPeople = isJson ? { ...io, out: io.err } : io;
  return {
    io: forPeople,
    write: async (path, text, remark = '') => {
      if (!(await writeNew(path, text))) return false;
      written.push(path);
      say(forPeople, `wrote ${path}${remark}`);
      return true;
    },
    keep: (path) => {
      kept.push(path);
      say(forPeople, `kept ${path}, which exists`);
    },
    print: () => {
      if (isJson) sayJson(io, { written, kept });
    },
  };
}
