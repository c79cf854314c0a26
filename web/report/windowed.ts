import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** So many rows are all drawn: the browser's own search and the printer find them. */
const ALL_DRAWN = 600;
/** Drawn beyond what is seen, px. */
const MARGIN = 700;
/** Drawn anew when so much has been scrolled, px. */
const STEP = 200;

/** Rows to be drawn, and the room of those before and after them, px. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

/** The rows of a list that touch a stretch of it, px from its top. */
export function sliceOf(heights: readonly number[], top: number, bottom: number): Slice {
  let from = 0;
  let above = 0;
  for (; from < heights.length; from++) {
    const height = heights[from] ?? 0;
    if (above + height > top) break;
    above += height;
  }
  let to = from;
  let y = above;
  for (; to < heights.length && y < bottom; to++) y += heights[to] ?? 0;
  const below = heights.slice(to).reduce((sum, height) => sum + height, 0);
  return { from, to, above, below };
}

/** Of so many rows `most`, with one of them in the middle as far as the ends allow; without one the first. */
export function around(row: number, count: number, most: number): Pick<Slice, "from" | "to"> {
  const from = Math.max(0, Math.min(row - Math.floor(most / 2), count - most));
  return { from, to: Math.min(count, from + most) };
}

interface Windowed {
  readonly slice: Slice;
  /** Scrolls what scrolls so that the row is seen; `head` px at the top are covered. `goes`: it takes the focus. */
  readonly reveal: (index: number, head: number, goes: boolean) => void;
}

/**
 * Draws of a long list what is seen and a little more. Rows may have any height: those that were drawn are measured
 * (each child of the list has its key as `data-key`), the others are taken for as high as most. What is printed has no
 * room for others around it.
 */
export function useWindowed(
  pane: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  keys: readonly string[],
  printed: Pick<Slice, "from" | "to"> | undefined,
): Windowed {
  const measured = useRef(new Map<string, number>());
  const [seen, setSeen] = useState({ top: 0, bottom: 1000 });
  const [, redraw] = useState({});
  const wanted = useRef<Parameters<Windowed["reveal"]> | undefined>(undefined);
  const isWhole = printed !== undefined || keys.length <= ALL_DRAWN;
  const heights = isWhole ? [] : keys.map((key) => measured.current.get(key) ?? USUAL);
  const slice = isWhole
    ? { from: 0, to: keys.length, ...printed, above: 0, below: 0 }
    : sliceOf(heights, seen.top - MARGIN, seen.bottom + MARGIN);

  const look = () => {
    if (pane.current === null || list.current === null || isWhole) return;
    const { top, bottom } = visible(pane.current, list.current);
    const isNear = (a: number, b: number) => Math.abs(a - b) < STEP;
    setSeen((before) =>
      isNear(before.top, top) && isNear(before.bottom, bottom) ? before : { top, bottom },
    );
  };
  useEffect(() => {
    addEventListener("scroll", look, { capture: true, passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look, { capture: true });
      removeEventListener("resize", look);
    };
  }, [isWhole]);

  const settle = () => {
    if (pane.current === null || list.current === null || wanted.current === undefined) return;
    const [index, head, goes] = wanted.current;
    const row = list.current.querySelector(`[data-key="${keys[index]}"]`);
    if (row instanceof HTMLElement) {
      wanted.current = undefined;
      showIn(pane.current, row, head);
      if (goes) (row.querySelector("button") ?? row).focus({ preventScroll: true });
    } else scrollTo(pane.current, list.current, heights, index, head);
  };
  useLayoutEffect(() => {
    if (!isWhole && list.current !== null && measure(list.current, measured.current)) redraw({});
    look();
    settle();
  });
  return {
    slice,
    reveal: (...row) => {
      wanted.current = row;
      settle();
    },
  };
}

/** A row of one line, px. */
const USUAL = 22;

/** Notes how high the drawn rows are; was any of them taken for another height? */
function measure(list: HTMLElement, heights: Map<string, number>): boolean {
  let changed = false;
  for (const row of list.children) {
    if (!(row instanceof HTMLElement) || row.dataset.key === undefined) continue;
    const { height } = row.getBoundingClientRect();
    if (height === 0 || height === (heights.get(row.dataset.key) ?? USUAL)) continue;
    heights.set(row.dataset.key, height);
    changed = true;
  }
  return changed;
}

/** The stretch of the list that is seen in the pane and in the window, px from the list's top. */
function visible(pane: HTMLElement, list: HTMLElement): { top: number; bottom: number } {
  const outer = pane.getBoundingClientRect();
  const { top } = list.getBoundingClientRect();
  return {
    top: Math.max(0, Math.max(outer.top, 0) - top),
    bottom: Math.max(0, Math.min(outer.bottom, innerHeight) - top),
  };
}

/** How much of the top is covered by what stays there, px: the pane's filters, or the tabs of a narrow screen. */
export function headOf(pane: HTMLElement): number {
  const filters = pane.querySelector<HTMLElement>(".filters");
  const isStaying = filters !== null && getComputedStyle(filters).position === "sticky";
  const head = isStaying ? filters : document.querySelector<HTMLElement>(".tabs");
  return scrollerOf(pane) === pane && !isStaying ? 0 : (head?.offsetHeight ?? 0);
}

/** What scrolls a pane's content: itself, or on a narrow screen the page. */
const scrollerOf = (pane: HTMLElement): Element =>
  getComputedStyle(pane).overflowY === "visible" ? document.documentElement : pane;

function scrollTo(
  pane: HTMLElement,
  list: HTMLElement,
  heights: readonly number[],
  index: number,
  head: number,
): void {
  const scroller = scrollerOf(pane);
  const origin = scroller === pane ? pane.getBoundingClientRect().top : 0;
  const inList = heights.slice(0, index).reduce((sum, height) => sum + height, 0);
  scroller.scrollTop += list.getBoundingClientRect().top - origin + inList - head - 40;
}

/** Scrolls the pane, or the page where the pane does not scroll, when the row is not seen. */
export function showIn(pane: HTMLElement, row: HTMLElement, head = 0): void {
  const scroller = scrollerOf(pane);
  const outer = scroller === pane ? pane.getBoundingClientRect() : { top: 0, bottom: innerHeight };
  const { top, bottom } = row.getBoundingClientRect();
  const room = outer.bottom - outer.top - head;
  if (top >= outer.top + head && bottom <= outer.bottom) return;
  scroller.scrollTop += top - outer.top - head - Math.max(0, Math.min(room / 3, room - (bottom - top)));
}
