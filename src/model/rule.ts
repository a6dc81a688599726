/** What a person decided about a service: one entry of `services:` in noontide.yaml. It wins over everything inferred. */
export interface ServiceRule {
  name: string;
  /** Hosts on which the service answers, lower case, with the port when it is not the scheme's own; `*.example.com` is any host below. */
  hosts: string[];
  /** Where the service is mounted on those hosts: `''` or `/v2`. */
  basePath: string;
  /** Globs over `source/group` (`code/orders`, `specs/Orders *`): groups of sightings that belong to the service. */
  groups: string[];
  /** Prefix that the coded paths lack or carry, when a gateway adds or strips it: `''` or `/v2`. `null`: to be inferred. */
  codePrefix: string | null;
  owner: string;
}

/** How long ago the last qualified call may be, in milliseconds before the end of the observation. */
export interface Windows {
  fresh: number;
  stale: number;
}

const day = 24 * 60 * 60 * 1_000;

export const defaultWindows: Windows = { fresh: 30 * day, stale: 90 * day };
