import { z } from 'zod';

/**
 * An option that holds a secret. In noontide.yaml its value may be `${VARIABLE}` or `file:path`, and is resolved before the
 * collector sees it; what it resolves to is kept out of logs, messages and reports. JSON Schema's word for it is `writeOnly`.
 */
export function secret(about: string): z.ZodString {
  return z.string().min(1).meta({ description: about, writeOnly: true });
}
