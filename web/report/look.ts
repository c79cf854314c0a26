import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Part } from "./data.ts";
import { type Filter, type Happening, happeningsOf, isWanted, noFilter } from "./happenings.ts";
import { noteInAddress } from "./route.ts";
import { failing, type Selection, selectionOf } from "./selection.ts";

/** What is filtered stays so from one scenario to the next. */
let keptFilter = noFilter;

/** What is looked at on a scenario's page. */
export interface Look {
  readonly happenings: readonly Happening[];
  readonly shown: readonly Happening[];
  /** Indexes of the facts that the time line does not dim. */
  readonly onAxis: ReadonlySet<number>;
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
  readonly selected: Selection;
  readonly setSelected: (selected: Selection) => void;
  /** Facts whose details are open. */
  readonly open: ReadonlySet<number>;
  readonly toggle: (fact: number) => void;
  /** Opens a fact, also when the filter hid it. */
  readonly showFact: (fact: number, goes: boolean) => void;
  /** To another row, the focus goes along. */
  readonly move: (by: number) => void;
  /** To the row that is looked at, or else the first that the filter lets through. */
  readonly toFound: () => void;
}

/** `fact` is the one that the address names. */
export function useLook(id: string, part: Part, fact: number | undefined): Look {
  const happenings = useMemo(() => happeningsOf(part), [part]);
  const [filter, keepFilter] = useState<Filter>(keptFilter);
  const [selected, setSelected] = useState<Selection>(() => selectionOf(part, fact) ?? failing(part));
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const shown = useMemo(() => happenings.filter((h) => isWanted(h, filter)), [happenings, filter]);
  const onAxis = useMemo(() => axisOf(happenings, filter), [happenings, filter]);
  const setFilter = (next: Filter) => {
    keptFilter = next;
    keepFilter(next);
  };
  const select = useCallback(
    (index: number, goes = false) => {
      setSelected({ ...selectionOf(part, index), goes });
      noteInAddress({ id, fact: index });
    },
    [id, part],
  );
  const showFact = (index: number, goes: boolean) => {
    const happening = happenings[index];
    if (happening === undefined) return;
    if (!isWanted(happening, filter)) {
      const everything = filter.everything || !isWanted(happening, noFilter);
      setFilter({ ...noFilter, everything });
    }
    select(index, goes);
    setOpen((all) => new Set([...all, index]));
  };
  // The page was opened at a fact, or the address was changed by hand.
  useEffect(() => {
    if (fact !== undefined) showFact(fact, false);
  }, [fact, part]);
  const toggle = (index: number) => {
    setOpen((all) => {
      const next = new Set(all);
      if (!next.delete(index)) next.add(index);
      return next;
    });
    select(index);
  };
  const move = (by: number) => {
    const at = shown.findIndex(({ index }) => index === selected.fact);
    const next = shown[at < 0 ? nearestTo(shown, part, selected) : bounded(at + by, shown.length)];
    if (next !== undefined) select(next.index, true);
  };
  const toFound = () => {
    const at = shown.find(({ index }) => index === selected.fact) ?? shown[0];
    if (at !== undefined) select(at.index, true);
  };
  return {
    happenings,
    shown,
    onAxis,
    filter,
    setFilter,
    selected,
    setSelected,
    open,
    toggle,
    showFact,
    move,
    toFound,
  };
}

const bounded = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at));

/** The first that is shown after the step began, or after the fact that is hidden. */
function nearestTo(shown: readonly Happening[], part: Part, { fact, step }: Selection): number {
  const order = fact === undefined ? part.steps[step ?? -1]?.began : part.order[fact];
  if (order === undefined) return 0;
  const at = shown.findIndex(({ index }) => (part.order[index] ?? 0) >= order);
  return at < 0 ? shown.length - 1 : at;
}

/** Messages are dimmed by all of the filter; cards and connectors, for orientation, only by what can be said of them. */
function axisOf(happenings: readonly Happening[], filter: Filter): Set<number> {
  const messages = new Set(happenings.flatMap(({ fact, name }) => (fact.kind === "frame" ? [name] : [])));
  const namesOthers = [...filter.names].some((name) => !messages.has(name));
  const others: Filter = { ...filter, direction: "all", ...(namesOthers ? {} : { names: new Set() }) };
  const passing = happenings.filter((h) =>
    isWanted(h, { ...(h.fact.kind === "frame" ? filter : others), everything: true }),
  );
  return new Set(passing.map(({ index }) => index));
}
