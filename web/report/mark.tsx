import type { IndexEntry } from "./data.ts";
import type { Shown } from "./outcome.ts";

const glyphs: Readonly<Record<string, string>> = {
  passed: "✓",
  flaky: "≈",
  failed: "✕",
  error: "!",
  skipped: "–",
  broken: "?",
  running: "?",
};

const names: Readonly<Record<Shown, string>> = {
  passed: "passed",
  flaky: "passed after a retry",
  failed: "failed",
  error: "could not be carried out",
  skipped: "skipped",
  broken: "never ended",
};

export function Mark({ outcome }: { readonly outcome: Shown | "running" }) {
  const name = outcome === "running" ? "never ended" : names[outcome];
  return (
    <span class={`mark ${outcome}`} role="img" aria-label={name} title={name}>
      {glyphs[outcome]}
    </span>
  );
}

/** "ocpp 1.6", "mode Open": what was chosen for this instance. */
export function Cell({ entry }: { readonly entry: IndexEntry }) {
  return (
    <>
      {Object.entries(entry.cell).map(([key, value]) => (
        <span key={key} class="cell">
          <i>{key}</i> {value}
        </span>
      ))}
    </>
  );
}
