import type { Auth } from '#model/sighting';
import { plain } from './plain.ts';
import { childOf, type Place, placeText, type Reader } from './refs.ts';
import { asList, asText, get, keysOf } from './value.ts';

const maxRequirements = 32;
const maxScopes = 64;
const maxMechanisms = 16;

/**
 * What a `security` list asks for (OpenAPI 3.1, section 4.8.30): alternatives, of which an empty one is no credentials. Absent
 * is `undefined`: the document does not say.
 */
export function readAuth(place: Place, schemes: Place, reader: Reader): Auth | undefined {
  const security = get(place.value, 'security');
  if (!Array.isArray(security)) return undefined;
  const mechanisms = new Set<string>();
  const scopes = new Set<string>();
  let open = security.length === 0;
  let closed = false;
  for (const requirement of security.slice(0, maxRequirements)) {
    const names = keysOf(requirement).slice(0, maxRequirements);
    if (names.length === 0) open = true;
    else closed = true;
    for (const name of names) {
      const mechanism = mechanismOf(childOf(schemes, name), reader);
      if (mechanism !== undefined) {
        if (mechanisms.size < maxMechanisms) mechanisms.add(mechanism);
      } else {
        reader.note(
          `a security requirement names «${plain(name, 64)}», which no security scheme describes`,
          placeText(place),
          'describe the scheme under securitySchemes (2.0: securityDefinitions)',
        );
      }
      for (const scope of asList(get(requirement, name)).slice(0, maxScopes)) {
        const text = asText(scope);
        if (text !== undefined && scopes.size < maxScopes) scopes.add(plain(text, 128));
      }
    }
  }
  const required = !closed ? 'no' : open ? 'optional' : 'yes';
  return { required, mechanisms: [...mechanisms], ...(scopes.size > 0 && { scopes: [...scopes] }) };
}

/** In the field's names; those of an HTTP scheme that has none are the registry's (`digest`, `dpop`). */
function mechanismOf(scheme: Place, reader: Reader): string | undefined {
  if (scheme.value === undefined) return undefined;
  const { value } = reader.follow(scheme) ?? {};
  const type = asText(get(value, 'type'));
  switch (type) {
    case 'http':
      return asText(get(value, 'scheme'))?.toLowerCase().slice(0, 32);
    case 'apiKey':
      return asText(get(value, 'in')) === 'cookie' ? 'cookie' : 'apiKey';
    case 'basic':
    case 'oauth2':
    case 'openIdConnect':
    case 'mutualTLS':
      return type;
    default:
      return undefined;
  }
}
