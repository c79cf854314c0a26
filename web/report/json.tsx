import { useMemo } from "preact/hooks";
import { Long } from "./long.tsx";

/** A JSON value over several lines, coloured; nothing of it is ever markup. */
export function Json({ value }: { readonly value: unknown }) {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? "", [value]);
  return <Long text={text} class="json" coloured={coloured} />;
}

/** The text or the beginning of one, which may end within a string. */
const coloured = (text: string) =>
  jsonTokens(text).map(({ kind, text: part }, i) =>
    kind === "mark" ? (
      part
    ) : (
      <span key={i} class={`j-${kind}`}>
        {part}
      </span>
    ),
  );

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
