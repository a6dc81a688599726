/**
 * Stands for the diagnostics agent that a platform team preloads into every service of its base image: it answers a path of
 * its own before the application sees the request, so the path is in no repository that is scanned, and in traffic.
 */
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';

const emit: (event: string, ...rest: unknown[]) => boolean = Server.prototype.emit;

Server.prototype.emit = function (this: Server, event: string, ...rest: unknown[]): boolean {
  const [request, response] = rest as [IncomingMessage, ServerResponse];
  if (event !== 'request' || request.url !== '/debug/vars') return emit.call(this, event, ...rest);
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ pid: process.pid, version: process.version, memory: process.memoryUsage() }));
  return true;
};
