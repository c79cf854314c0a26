import type { Facet } from "./facet.ts";

interface ChipsProps<T extends string> {
  /** For those who do not see them together. */
  readonly label: string;
  readonly facets: readonly Facet<T>[];
  readonly chosen: ReadonlySet<T>;
  readonly choose: (set: Set<T>) => void;
}

/** Buttons of which any number can be down; none means all. */
export function Chips<T extends string>({ label, facets, chosen, choose }: ChipsProps<T>) {
  const toggle = (name: T) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    choose(next);
  };
  if (facets.length === 0) return null;
  return (
    <fieldset class="chips" aria-label={label}>
      {facets.map(({ name, count }) => (
        <button
          key={name}
          type="button"
          class={`chip ${count === 0 ? "none" : ""}`}
          aria-pressed={chosen.has(name)}
          onClick={() => toggle(name)}
        >
          {name} <b>{count.toLocaleString()}</b>
        </button>
      ))}
    </fieldset>
  );
}
