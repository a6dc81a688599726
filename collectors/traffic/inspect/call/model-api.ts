import { isName } from '#collectors/traffic/inspect/name';

/** Endpoints of language models as OpenAI, Anthropic, Ollama and those that answer like them have them. */
const modelPath =
  /\/(?:chat\/completions|completions|responses|embeddings|messages|moderations|images\/generations|audio\/(?:speech|transcriptions|translations)|rerank|api\/(?:chat|generate|embed))\/?(?:\?|$)/;
/** Google's: the model stands in the path. */
const googlePath = /\/models\/([\w.-]{1,64}):(?:streamG|g)enerateContent(?:\?|$)/;
const maxTools = 32;

/** `model gpt-4o`, `stream`, `tool get_weather`; `null` when no model is asked. */
export function modelCalls(target: string, value: unknown): string[] | null {
  const google = googlePath.exec(target.slice(0, 2_048));
  const body = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const model = google ? google[1] : body['model'];
  if (!google && (!modelPath.test(target.slice(0, 2_048)) || typeof model !== 'string')) return null;
  const calls = [modelName(String(model))];
  if (body['stream'] === true || google?.[0].includes(':stream')) calls.push('stream');
  for (const tool of toolNames(body)) calls.push(`tool ${tool}`);
  return calls;
}

/** Of a model that was tuned by somebody (`ft:gpt-4o:acme::7p4l`), the one that it was made from. */
function modelName(model: string): string {
  const base = /^ft:([\w.-]{1,48})/.exec(model)?.[1];
  const name = base === undefined ? model : `ft:${base}`;
  return isName(name.replace(/[-@](?:20[0-9]{2}-?[0-9]{2}-?[0-9]{2})(?=-|:|$)/, '')) ? `model ${name}` : 'model';
}

function toolNames(body: Record<string, unknown>): string[] {
  const tools = body['tools'] ?? body['functions'];
  if (!Array.isArray(tools)) return [];
  return tools.slice(0, maxTools).flatMap((tool: unknown) => {
    if (typeof tool !== 'object' || tool === null) return [];
    const { name, function: called } = tool as Record<string, unknown>;
    const inner = typeof called === 'object' && called !== null ? (called as Record<string, unknown>)['name'] : name;
    return typeof inner === 'string' && isName(inner) ? [inner] : [];
  });
}
