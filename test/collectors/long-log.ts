import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a file of about `megabytes` from its records, made one by one, and gives the configuration that reads it. */
export async function writeLong(
  folder: string,
  megabytes: number,
  record: (index: number) => string,
  frame: { head?: string; tail?: string; name?: string } = {},
): Promise<{ paths: string[] }> {
  const name = frame.name ?? 'long.log';
  const file = await open(join(folder, name), 'w');
  try {
    let written = 0;
    let index = 0;
    await file.write(frame.head ?? '');
    while (written < megabytes * 1_048_576) {
      const records: string[] = [];
      for (let i = 0; i < 4_096; i++) records.push(record(index++));
      const bytes = Buffer.from(records.join(''), 'latin1');
      await file.write(bytes);
      written += bytes.length;
    }
    await file.write(frame.tail ?? '');
  } finally {
    await file.close();
  }
  return { paths: [name] };
}
