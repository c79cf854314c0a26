import { useMemo } from "preact/hooks";
import { Chips } from "./chips.tsx";
import { besideCount, type Filter, facetsOf, type Happening, isNarrow, noFilter } from "./happenings.ts";
import { leadsDown } from "./keys.ts";

interface FiltersProps {
  readonly happenings: readonly Happening[];
  readonly shown: readonly Happening[];
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
  readonly toFound: () => void;
}

const directions = [
  ["all", "all"],
  ["out", "→ to the CSMS"],
  ["in", "← from it"],
] as const;

/** What of all that happened is listed, and how much of it is not. */
export function Filters({ happenings, shown, filter, setFilter, toFound }: FiltersProps) {
  const facets = useMemo(() => facetsOf(happenings, filter), [happenings, filter]);
  const beside = useMemo(() => besideCount(happenings, filter), [happenings, filter]);
  const choose = (names: Set<string>) => setFilter({ ...filter, names });
  const narrow = isNarrow(filter);
  return (
    <search class={`filters ${narrow ? "narrow" : ""}`}>
      <h2>What happened</h2>
      <input
        type="search"
        placeholder="Search ( / )"
        aria-label="Search what happened"
        class={filter.text === "" ? "" : "used"}
        value={filter.text}
        onInput={(e) => setFilter({ ...filter, text: e.currentTarget.value })}
        onKeyDown={(e) => {
          if (!leadsDown(e) || shown.length === 0) return;
          e.preventDefault();
          toFound();
        }}
      />
      <Chips label="Messages" facets={facets.messages} chosen={filter.names} choose={choose} />
      <Chips label="Other facts" facets={facets.others} chosen={filter.names} choose={choose} />
      <fieldset class="chips" aria-label="Direction">
        {directions.map(([direction, name]) => (
          <button
            key={direction}
            type="button"
            class="chip"
            aria-pressed={filter.direction === direction}
            onClick={() => setFilter({ ...filter, direction })}
          >
            {name}
          </button>
        ))}
        <button
          type="button"
          class="chip"
          aria-pressed={filter.everything}
          onClick={() => setFilter({ ...filter, everything: !filter.everything })}
          title="Also what the built-in central system saw, and facts that say nothing new"
        >
          {filter.everything ? "everything" : "everything: "}
          {!filter.everything && <b>{beside.toLocaleString()} more</b>}
        </button>
        <Told shown={shown.length} happenings={happenings} filter={filter} />
        {narrow && (
          <button
            type="button"
            class="clear"
            onClick={() => setFilter({ ...noFilter, everything: filter.everything })}
          >
            clear
          </button>
        )}
      </fieldset>
    </search>
  );
}

interface ToldProps {
  readonly shown: number;
  readonly happenings: readonly Happening[];
  readonly filter: Filter;
}

/** "12 of 62 shown". */
function Told({ shown, happenings, filter }: ToldProps) {
  const of = filter.everything ? happenings.length : happenings.length - besideCount(happenings, noFilter);
  return (
    <span class={`told ${isNarrow(filter) ? "warn" : "dim"}`} role="status">
      {isNarrow(filter)
        ? `${shown.toLocaleString()} of ${of.toLocaleString()} shown`
        : `${shown.toLocaleString()} shown`}
    </span>
  );
}
