import type { ComponentChildren } from "preact";

/** A JSON value over several lines, coloured; nothing of it is ever markup. */
export function Json({ value }: { readonly value: unknown }) {
  return <pre class="json">{parts(value, "")}</pre>;
}

function parts(value: unknown, indent: string): ComponentChildren {
  if (typeof value === "string") return <span class="j-string">{JSON.stringify(value)}</span>;
  if (typeof value !== "object" || value === null) return <span class="j-word">{JSON.stringify(value)}</span>;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  if (members.length === 0) return isList ? "[]" : "{}";
  return (
    <>
      {isList ? "[" : "{"}
      {members.map(([key, member], i) => (
        <>
          {`\n${inner}`}
          {!isList && (
            <>
              <span class="j-key">{JSON.stringify(key)}</span>
              {": "}
            </>
          )}
          {parts(member, inner)}
          {i < members.length - 1 ? "," : ""}
        </>
      ))}
      {`\n${indent}`}
      {isList ? "]" : "}"}
    </>
  );
}
