const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not use it',
  EPERM: 'this user may not use it',
  EROFS: 'it is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its quota is used up',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a file is in the place of a folder',
  EEXIST: 'a file is in its place',
};

/** An error about a file or a folder that a person named, in one sentence; `null` for any other error. */
export function fileProblem(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return null;
  const why = reasons[String(error.code)];
  if (why === undefined || typeof error.path !== 'string') return null;
  const isMade = error.code === 'ENOENT' && 'syscall' in error && error.syscall === 'mkdir';
  return isMade ? `${error.path} cannot be created` : `${error.path} cannot be used: ${why}`;
}
