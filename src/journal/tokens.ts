import type { Fact } from "../station/facts.ts";

/**
 * Where tokens stand, in all dialects: `"idTag":"..."`, `"parentIdTag":"..."`, `"idToken":"..."` (2.x nests it in an
 * object of the same name, which the string after the colon passes over), `"uid":"..."`. A text search is linear and
 * does not recurse, so it stands any frame, also one that is no JSON.
 */
const TOKEN = /"(?:idTag|parentIdTag|idToken|uid)"\s*:\s*("(?:[^"\\]|\\.){1,255}")/g;

/** Of one fact so many tokens are indexed: a list update is found by its first ten thousand. */
const MAX_TOKENS = 10_000;

/** The tokens and UIDs of a fact, upper case, each once. `json` is the fact as JSON text. */
export function tokensOf(fact: Fact, json: string): Set<string> {
  const found = new Set<string>();
  if (fact.kind === "frame") collect(fact.raw, found);
  else collect(json, found);
  if (fact.kind === "control") for (const arg of fact.args) found.add(arg.toUpperCase());
  return found;
}

function collect(text: string, into: Set<string>): void {
  for (const [, literal = ""] of text.matchAll(TOKEN)) {
    const token = decoded(literal);
    if (token !== undefined) into.add(token.toUpperCase());
    if (into.size >= MAX_TOKENS) return;
  }
}

function decoded(literal: string): string | undefined {
  try {
    return String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}
