import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Part } from "../data.ts";
import { useKeys } from "../keys.ts";
import { usePrinting } from "../printing.ts";
import type { Selection } from "../selection.ts";
import { durationText } from "../time.ts";
import { Drawing } from "./drawing.tsx";
import { lanesOf } from "./lanes.ts";
import { AXIS, FOOT, LANE, PAD } from "./measures.ts";
import { momentsOf } from "./moments.ts";
import { evenScale, trueScale } from "./scale.ts";
import { useWalk } from "./use-walk.ts";
import type { Stop } from "./walk.ts";

interface TimelineProps {
  readonly part: Part;
  /** Indexes of the facts that the filter lets through; the rest is dimmed. */
  readonly wanted: ReadonlySet<number>;
  readonly selected: Selection;
  /** First moment on the scenario's clock, ms since the epoch. */
  readonly since: number;
  /** With `goes` the keyboard goes along, to the row that shows it. */
  readonly select: (fact: number, goes?: boolean) => void;
  readonly selectStep: (step: number, goes?: boolean) => void;
}

/** On paper, px. */
const PRINTED = 580;
/** On an even scale a moment has at least so much room, px. */
const LEAST_ROOM = 13;
const MAX_ROOM = 40;

/** Cards, connectors, signals and frames on one axis. */
export function Timeline({ part, wanted, selected, since, select, selectStep }: TimelineProps) {
  const lanes = useMemo(() => lanesOf(part), [part]);
  const moments = useMemo(() => momentsOf(part), [part]);
  const [isTrue, setTrue] = useState(false);
  const scale = useMemo(() => (isTrue ? trueScale(moments) : evenScale(moments)), [moments, isTrue]);
  const [zoom, setZoom] = useState(1);
  const printing = usePrinting();
  const seen = useView();
  const view = printing ? { ...seen, left: 0, width: PRINTED } : seen;
  const fit = (view.width - 2 * PAD) / scale.length;
  const perUnit = printing ? fit : (isTrue ? fit : Math.min(MAX_ROOM, Math.max(LEAST_ROOM, fit))) * zoom;
  const width = Math.max(view.width, scale.length * perUnit + 2 * PAD);
  const spent = (moments.at(-1)?.ms ?? 0) - (moments[0]?.ms ?? 0);

  const around = useRef<number | undefined>(undefined);
  const zoomBy = (factor: number) => {
    around.current = (view.left + view.width / 2) / width;
    setZoom((z) => Math.min(200, Math.max(isTrue ? 1 : fit / Math.max(fit, LEAST_ROOM), z * factor)));
  };
  useLayoutEffect(() => {
    const box = view.box.current;
    if (box !== null && around.current !== undefined)
      box.scrollLeft = around.current * width - view.width / 2;
    around.current = undefined;
  }, [width]);
  const whole = () => setZoom(isTrue ? 1 : Math.min(1, fit / LEAST_ROOM));
  const change = () => {
    setTrue(!isTrue);
    setZoom(1);
  };
  useKeys({
    "+": () => zoomBy(1.5),
    "=": () => zoomBy(1.5),
    "-": () => zoomBy(1 / 1.5),
    "0": whole,
    t: change,
  });

  const x = (order: number) => scale.at(order) * perUnit + PAD;
  const show = (order: number) => {
    const box = view.box.current;
    const at = x(order);
    if (box !== null && (at < box.scrollLeft + 30 || at > box.scrollLeft + box.clientWidth - 60))
      box.scrollLeft = at - box.clientWidth / 2;
  };
  const chosen = orderOf(part, selected);
  const isBegun = useRef(false);
  useEffect(() => {
    const box = view.box.current;
    if (chosen !== undefined) show(chosen);
    else if (!isBegun.current && box !== null) scrollToSteps(box, x(part.steps[0]?.began ?? 0));
    isBegun.current ||= box?.clientWidth === view.width;
  }, [chosen, scale, perUnit]);
  const go = ({ fact, step }: Stop, goes: boolean) => {
    if (step !== undefined) selectStep(step, goes);
    else if (fact !== undefined) select(fact, goes);
  };
  const { cursor, pressed, focused } = useWalk(lanes.lanes, selected, view.box, show, go);
  const height = AXIS + lanes.lanes.length * LANE + FOOT;
  return (
    <section class="timeline" aria-label="Time line">
      <div class="bar">
        <h2>Time line</h2>
        <span class="dim">
          {spent > 0 ? durationText(spent) : "all in one moment of the scenario's clock"}
        </span>
        <span class="grow" />
        <button
          type="button"
          class="quiet"
          aria-pressed={isTrue}
          disabled={spent === 0}
          onClick={change}
          title="Space as time went by, or evenly with gaps shortened (t)"
        >
          true time
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => zoomBy(1 / 1.5)}
          aria-label="Farther"
          title="Farther (-)"
        >
          −
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => zoomBy(1.5)}
          aria-label="Closer"
          title="Closer (+)"
        >
          +
        </button>
        <button type="button" class="quiet" onClick={whole} title="Everything at once (0)">
          whole
        </button>
      </div>
      <div class="chart">
        <div class="names" style={{ height: `${height}px`, paddingTop: `${AXIS}px` }} aria-hidden="true">
          {lanes.lanes.map(({ id, name }) => (
            <div key={id} style={{ height: `${LANE}px` }}>
              {name}
            </div>
          ))}
        </div>
        <section
          class="scroll"
          ref={view.box}
          onScroll={view.scrolled}
          onWheel={(e) => wheel(e, zoomBy)}
          onKeyDown={pressed}
          aria-label="Lanes, they scroll sideways"
        >
          <Drawing
            part={part}
            lanes={lanes}
            scale={scale}
            spent={spent}
            perUnit={perUnit}
            width={width}
            height={height}
            left={view.left}
            right={view.left + view.width}
            wanted={wanted}
            selected={selected}
            since={since}
            cursor={cursor}
            select={(stop) => go(stop, false)}
            focused={focused}
          />
        </section>
      </div>
    </section>
  );
}

/** On a narrow screen nothing but the start of the station would be seen. */
function scrollToSteps(box: HTMLElement, first: number): void {
  if (first > box.clientWidth / 2) box.scrollLeft = first - 2 * PAD;
}

/** With Ctrl, and by pinching, the wheel zooms; without, it scrolls as everywhere. */
function wheel(event: WheelEvent, zoomBy: (factor: number) => void): void {
  if (!event.ctrlKey) return;
  event.preventDefault();
  zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2);
}

function orderOf({ order, steps }: Part, { fact, step }: Selection): number | undefined {
  if (fact !== undefined) return order[fact];
  return step === undefined ? undefined : steps[step]?.began;
}

/** The part of the drawing that is seen. */
function useView() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(900);
  const [left, setLeft] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measured = () => setWidth(Math.max(120, element.clientWidth));
    measured();
    const observer = new ResizeObserver(measured);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { box, width, left, scrolled: () => setLeft(box.current?.scrollLeft ?? 0) };
}
