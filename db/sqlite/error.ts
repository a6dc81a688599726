import Database from 'better-sqlite3';
import { InventoryError } from '#db/store';
import { StoredError } from '#db/stored';

/** What went wrong with the file, and what to do, by the beginning of SQLite's result code. */
const troubles: readonly [code: string, what: string, mend: string][] = [
  ['SQLITE_BUSY', 'another process is writing to it', 'wait until that scan is done, or stop it, and try again'],
  ['SQLITE_LOCKED', 'another process is writing to it', 'wait until that scan is done, or stop it, and try again'],
  [
    'SQLITE_FULL',
    'there is no space left',
    'free space on its disk, or move the inventory to a larger one, and scan again',
  ],
  ['SQLITE_NOTADB', 'it is no SQLite database', 'name another file, or move this one away and scan again'],
  [
    'SQLITE_CORRUPT',
    'it is damaged',
    'put a backup in its place (a copy of yours, or the .bak file beside it), or move it away and scan again',
  ],
  ['SQLITE_READONLY', 'it may not be written', 'give the user who scans the right to write the file and its folder'],
  [
    'SQLITE_PERM',
    'it may not be opened',
    'give the user who scans the right to read and write the file and its folder',
  ],
  [
    'SQLITE_CANTOPEN',
    'it cannot be opened',
    'see that the folder is there, and that the user may read and write the file and its folder',
  ],
  ['SQLITE_IOERR', 'reading or writing it failed', 'look at the disk it lies on, then run noontide doctor'],
  ['SQLITE_NOMEM', 'there is not enough memory', 'give the process more memory'],
  ['SQLITE_TOOBIG', 'a record is too large for it', 'exclude the source that was being read, and report it'],
];

/**
 * The same trouble as an {@link InventoryError} that names the file and the mend; anything that is no trouble of
 * SQLite's or of what is stored stays as it is.
 */
export function inventoryError(error: unknown, file: string): unknown {
  if (error instanceof Database.SqliteError) {
    const [, what, mend] = troubles.find(([code]) => error.code.startsWith(code)) ?? [
      '',
      `SQLite refused (${error.message})`,
      'run noontide doctor',
    ];
    return new InventoryError(trouble(file, what, mend), { cause: error });
  }
  if (error instanceof StoredError) {
    return new InventoryError(
      trouble(
        file,
        error.message,
        'it is damaged or not noontide’s: move it away, or name another with --db, and scan again',
      ),
      { cause: error },
    );
  }
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new InventoryError(
      trouble(
        file,
        'it may not be opened',
        'give the user who scans the right to read and write the file and its folder',
      ),
      { cause: error },
    );
  }
  if (code === 'ENOSPC') {
    return new InventoryError(trouble(file, 'there is no space left', 'free space on its disk'), { cause: error });
  }
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR') {
    return new InventoryError(trouble(file, 'its folder cannot be made', 'name another file'), { cause: error });
  }
  return error;
}

/** `inventory FILE: what is wrong; what to do`. */
export function trouble(file: string, what: string, mend: string): string {
  return `inventory ${file}: ${what}; ${mend}`;
}

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}
