import { useMemo } from "preact/hooks";
import { jsonTokens } from "./json-tokens.ts";
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
