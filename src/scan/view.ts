import { classify } from '#classify/classify';
import type { ServiceRule, Windows } from '#model/rule';
import type { ScopeState } from '#model/scope';
import type { StoredSighting, View } from '#model/view';
import { resolve } from '#resolve/resolve';

/** Everything that the inventory's sightings and scopes say, resolved and classified. */
export function buildView(
  sightings: readonly StoredSighting[],
  scopes: readonly ScopeState[],
  rules: readonly ServiceRule[],
  windows: Windows,
): View {
  return classify(resolve(sightings, rules), scopes, rules, windows);
}
