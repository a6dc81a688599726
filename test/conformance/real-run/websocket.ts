import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** Answers each text message of a client with two (RFC 6455), and its close with one. */
export async function startWebSocket(): Promise<Server> {
  const server = createServer();
  server.on('upgrade', (asked, socket) => {
    const key = `${asked.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    let pending = Buffer.alloc(0);
    socket.on('data', (data: Buffer) => {
      pending = Buffer.concat([pending, data]);
      // All that this client sends is shorter than 126 bytes, and masked.
      while (pending.length >= 6 && pending.length >= 6 + (pending[1]! & 127)) {
        const [opcode, length] = [pending[0]! & 15, pending[1]! & 127];
        const payload = pending.subarray(6, 6 + length).map((byte, i) => byte ^ pending[2 + (i % 4)]!);
        pending = pending.subarray(6 + length);
        if (opcode === 8) socket.end(frame(8, payload));
        else if (opcode === 1) socket.write(Buffer.concat([frame(1, payload), frame(1, Buffer.from('{"ok":true}'))]));
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** Sends messages, waits for two answers to each, and closes in good order. */
export async function talkWebSocket(port: number, target: string, messages: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`);
  await once(socket, 'open');
  let received = 0;
  const all = new Promise<void>((resolve) => {
    socket.addEventListener('message', () => {
      if (++received === messages * 2) resolve();
    });
  });
  for (let i = 0; i < messages; i++) socket.send(JSON.stringify({ subscribe: i }));
  await all;
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}

function frame(opcode: number, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);
}
