import { argumentNamed } from '#collectors/code/evaluate/call';
import { classMember } from '#collectors/code/evaluate/class';
import type { Machine } from '#collectors/code/evaluate/machine';
import { force } from '#collectors/code/evaluate/module';
import { namedGuard } from '#collectors/code/guard';
import { label } from '#collectors/code/ir';
import type { Guard } from '#collectors/code/router';
import { type Argument, type FunctionValue, literal, type Marker, nothing, type Value } from '#collectors/code/value';
import type { Signature } from './signature.ts';

/** What a `Depends` or `Security` asks for, as far as it could be followed. */
export interface Dependency {
  marker: Marker;
  arg: Argument | undefined;
  signature: Signature;
  /** Security schemes that it, or what it depends on, takes credentials by. */
  schemes: Marker[];
  resolved: boolean;
}

const mechanisms: Record<string, string> = {
  OAuth2PasswordBearer: 'oauth2',
  OAuth2AuthorizationCodeBearer: 'oauth2',
  OAuth2: 'oauth2',
  HTTPBearer: 'bearer',
  HTTPBasic: 'basic',
  HTTPDigest: 'digest',
  APIKeyHeader: 'apiKey',
  APIKeyQuery: 'apiKey',
  APIKeyCookie: 'apiKey',
  OpenIdConnect: 'openIdConnect',
};
export const schemeNames: readonly string[] = Object.keys(mechanisms);

export function isScheme(marker: Marker): boolean {
  return Object.hasOwn(mechanisms, marker.name);
}

/** The function that runs when a dependency is called. */
export function target(value: Value, machine: Machine): FunctionValue | null {
  if (value.is === 'function') return value;
  const callable =
    value.is === 'record' && value.cls
      ? classMember(value.cls, '__call__', value, machine)
      : value.is === 'class'
        ? classMember(value, 'constructor', value, machine)
        : undefined;
  return callable?.is === 'function' ? callable : null;
}

/** A dependency as a guard. A function that reads nothing of the request cannot decide who may call. */
export function guardOf(dependency: Dependency): Guard {
  const { arg, marker, schemes, signature, resolved } = dependency;
  const named = namedGuard(arg ? label(arg.expr) : '');
  const scopes = scopesOf(marker);
  if (schemes.length > 0) {
    // A scheme that lets a request without credentials through leaves it to the function, whose name is all that tells.
    const strict = /require|verify|ensure|enforce/i.test(named.name);
    const lenient = named.authenticates === 'optional' || (schemes.every(isLenient) && !strict);
    const how = [...new Set(schemes.map((scheme) => mechanisms[scheme.name]!))];
    return { name: named.name, authenticates: lenient ? 'optional' : 'yes', mechanisms: how, scopes };
  }
  if (marker.name === 'Security') return { ...named, authenticates: 'yes', mechanisms: [named.name], scopes };
  if (named.authenticates !== 'unknown') return { ...named, scopes };
  const harmless = resolved && !signature.reads && signature.guards.every((guard) => guard.authenticates === 'no');
  const inner = signature.guards.find((guard) => guard.authenticates === 'yes');
  if (inner) return { ...inner, name: named.name };
  return { ...named, authenticates: harmless ? 'no' : 'unknown' };
}

/** `auto_error=False`: a request without credentials is let through. */
function isLenient(scheme: Marker): boolean {
  const value = argumentNamed(scheme.call, 'auto_error')?.value();
  return value?.is === 'constant' && value.value === false;
}

function scopesOf(marker: Marker): string[] {
  const value = force(argumentNamed(marker.call, 'scopes')?.value() ?? nothing, marker.call.machine);
  return value.is === 'list' ? value.items.map(literal).filter((scope) => scope !== null) : [];
}
