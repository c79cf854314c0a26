export type YamlKind = "comment" | "key" | "string" | "number" | "plain" | "mark";

export interface YamlToken {
  readonly kind: YamlKind;
  readonly text: string;
}

/** A longer line is data, characters. */
const MAX_COLOURED = 2000;

/**
 * A line of YAML in parts to be coloured. It knows lines only: a text over several lines looks like plain words, which
 * is what it is. Joined, the parts are the line.
 */
export function yamlTokens(line: string): YamlToken[] {
  if (line.length > MAX_COLOURED) return [{ kind: "plain", text: line }];
  const [, lead = "", marks = "", rest = ""] = /^(\s*)((?:-\s+|-$)*)(.*)$/s.exec(line) ?? [];
  const tokens: YamlToken[] = [];
  const push = (kind: YamlKind, text: string | undefined): void => {
    if (text !== undefined && text !== "") tokens.push({ kind, text });
  };
  push("plain", lead);
  push("mark", marks);
  const found =
    /("(?:[^"\\]|\\.)*"|'[^']*')|((?<=^|\s)#.*)|([\w$.\-/ ]*[\w$.\-/])(?=:(?:\s|$))|([{}[\],:])|([^"'{}[\],:#]+|.)/gs;
  for (const [, quoted, comment, key, mark, other] of rest.matchAll(found)) {
    push("string", quoted);
    push("comment", comment);
    push("key", key);
    push("mark", mark);
    push(/^\s*[-+]?\d[\d_]*(\.\d+)?\s*$/.test(other ?? "") ? "number" : "plain", other);
  }
  return tokens;
}
