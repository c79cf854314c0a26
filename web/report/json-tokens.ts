export interface JsonToken {
  readonly kind: "key" | "string" | "word" | "mark";
  readonly text: string;
}

/** JSON in parts to be coloured. Joined, the parts are the text. */
export function jsonTokens(text: string): JsonToken[] {
  const found = /("[^"\\]*(?:\\.[^"\\]*)*(?:"|$))(?=(:)?)|([-\w.+]+)|[^"\w.+-]+|./gs;
  return [...text.matchAll(found)].map(([part, string, colon, word]) => {
    if (string !== undefined) return { kind: colon === undefined ? "string" : "key", text: part };
    return { kind: word === undefined ? "mark" : "word", text: part };
  });
}
