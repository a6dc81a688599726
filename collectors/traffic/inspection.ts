import type { Facts, Param } from '#model/sighting';
import { mergeData, provenData } from './inspect/data-class/trace.ts';
import { paramsOf } from './inspect/field.ts';
import { mergeRequestFacts, type RequestFacts } from './inspect/request.ts';
import { mergeResponseFacts, type ResponseFacts } from './inspect/response.ts';
import { traitsOf } from './traits.ts';

/** What all samples of an operation tell. */
export interface Sampled {
  requests: RequestFacts;
  responses: ResponseFacts;
}

/** Of the texts of samples; see {@link file://./sample.ts}. */
export function sampledOf(requests: readonly string[], responses: readonly string[]): Sampled {
  return {
    requests: mergeRequestFacts(requests.map((text) => JSON.parse(text) as RequestFacts)),
    responses: mergeResponseFacts(responses.map((text) => JSON.parse(text) as ResponseFacts)),
  };
}

/** Parameters of the query, whose names are known exactly and their types from samples, and fields of the body. */
export function sampledParams(names: Iterable<string>, { requests }: Sampled): Param[] {
  const typed = new Map(paramsOf(requests.query, 'query').map((param) => [param.name, param]));
  const query = [...names].sort().map((name): Param => typed.get(name) ?? { name, in: 'query' });
  return [...query, ...paramsOf(requests.body.fields, 'body')];
}

/** Everything else that samples say. */
export function sampledFacts({ requests, responses }: Sampled): Partial<Facts> {
  if (requests.samples + responses.samples === 0) return {};
  const facts: Partial<Facts> = { sampled: { requests: requests.samples, responses: responses.samples } };
  const answers = paramsOf(responses.body.fields, 'body');
  if (answers.length > 0) facts.answers = answers;
  const traits = traitsOf(requests, responses);
  if (Object.keys(traits).length > 0) facts.traits = traits;
  const classes = new Set(provenData(mergeData([requests.data, responses.data])).map((trace) => trace.class));
  if (classes.size > 0) facts.dataClasses = [...classes].sort();
  if (Object.keys(requests.calls).length > 0) facts.calls = requests.calls;
  return facts;
}
