import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Selection } from "../selection.ts";
import type { Lane } from "./lanes.ts";
import { firstPlace, placeOf, type Stop, stopsOf, walk } from "./walk.ts";

interface Walk {
  /** What the keyboard is at. */
  readonly cursor: Stop | undefined;
  readonly pressed: (event: KeyboardEvent) => void;
  /** The focus came to a stop, by a click or by a key. */
  readonly focused: (stop: Stop) => void;
}

/**
 * Walks the lanes by keyboard: one stop takes the Tab key, arrow keys, Home and End go on from there. Enter opens and
 * goes along, Space opens and stays. Without a walk the cursor is at what is looked at.
 */
export function useWalk(
  lanes: readonly Lane[],
  selected: Selection,
  box: RefObject<HTMLElement | null>,
  show: (order: number) => void,
  open: (stop: Stop, goes: boolean) => void,
): Walk {
  const stops = useMemo(() => stopsOf(lanes), [lanes]);
  const chosen = useMemo(() => placeOf(stops, selected), [stops, selected]);
  const [walked, setWalked] = useState<{ readonly place: typeof chosen; readonly when: typeof chosen }>();
  const place = (walked?.when === chosen ? walked?.place : undefined) ?? chosen ?? firstPlace(stops);
  const cursor = stops[place.lane]?.[place.at];
  const goes = useRef(false);
  useLayoutEffect(() => {
    if (!goes.current || cursor === undefined) return;
    goes.current = false;
    show(cursor.order);
    box.current?.querySelector<SVGElement>("[tabindex='0']")?.focus({ preventScroll: true });
  }, [cursor]);
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || cursor === undefined) return;
    const next = walk(stops, place, event.key);
    const opens = event.key === "Enter" || event.key === " ";
    if (next === undefined && !opens) return;
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) return open(cursor, event.key === "Enter");
    goes.current = true;
    setWalked({ place: next, when: chosen });
  };
  const focused = (stop: Stop) => {
    if (stop !== cursor) setWalked({ place: placeOf(stops, stop), when: chosen });
  };
  return { cursor, pressed, focused };
}
