import type { Socket } from 'node:net';

/** Hands on what comes from one socket to the other, and its end; `hear` gets a copy. */
export function pass(from: Socket, to: Socket, hear: (bytes: Buffer) => void): void {
  from.on('data', (bytes: Buffer) => {
    hear(Buffer.from(bytes));
    to.write(bytes);
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
}
