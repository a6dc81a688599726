const words = new Set([
  'health',
  'healthz',
  'healthcheck',
  'health-check',
  'health_check',
  'live',
  'livez',
  'liveness',
  'ready',
  'readyz',
  'readiness',
  'ping',
  'heartbeat',
  'alive',
  'startupz',
  '_health',
  '__health__',
  'lbheartbeat',
  '__heartbeat__',
  '__lbheartbeat__',
]);

/** Whether a path is a health check by its last literal segment: `/healthz`, `/actuator/health/liveness`. */
export function isHealthPath(path: string): boolean {
  const last = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return words.has(last);
}
