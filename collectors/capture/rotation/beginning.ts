import { readFirstBlock } from '#collectors/capture/input/opening';
import { Decapsulation } from '#collectors/capture/packet/decapsulation';
import { newTally } from '#collectors/capture/tally';
import { defaultLimits, FlowTable } from '#collectors/capture/tcp/flows';
import type { Receiver } from '#collectors/capture/tcp/receiver';

/** With what a capture begins. */
export interface Beginning {
  /** The time of its first packet, epoch milliseconds; `null` when it has none. */
  first: number | null;
  /** The first connections in it that are older than it, by their lots. */
  underWay: ReadonlySet<number>;
}

/** Connections that are looked for: of a true rotation the first is known. */
const mostUnderWay = 64;

const nobody: Receiver = {
  data: () => undefined,
  gap: () => undefined,
  end: () => undefined,
  close: () => undefined,
};

/** Looks into a capture's first block. Throws as {@link file://../input/opening.ts readOpening} does. */
export async function readBeginning(path: string, signal: AbortSignal): Promise<Beginning> {
  const underWay = new Set<number>();
  let first: number | null = null;
  const open = (_: unknown, midway: boolean, lot: number) => {
    if (midway) underWay.add(lot);
    return nobody;
  };
  const flows = new FlowTable(open, newTally(), { held: 0 }, { ...defaultLimits, held: 0 });
  const packets = new Decapsulation({ tcp: (segment) => flows.tcp(segment), udp: () => undefined }, newTally());
  await readFirstBlock(
    path,
    {
      packet(bytes, from, to, length, at, link, number) {
        first ??= at;
        if (underWay.size < mostUnderWay) packets.packet(bytes, from, to, length, at, link, number);
      },
      secrets: () => undefined,
    },
    signal,
  );
  return { first, underWay };
}
