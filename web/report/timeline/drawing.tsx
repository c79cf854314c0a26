import type { Part } from "../data.ts";
import type { Selection } from "../selection.ts";
import { gapText, tickText } from "../time.ts";
import { LaneDrawing } from "./lane-drawing.tsx";
import type { Lanes, Span } from "./lanes.ts";
import { widthOf } from "./lettering.ts";
import { AXIS, LANE, PAD } from "./measures.ts";
import { type Gap, type Scale, ticks } from "./scale.ts";
import { thinned } from "./thinned.ts";
import type { Stop } from "./walk.ts";

interface DrawingProps {
  readonly part: Part;
  readonly lanes: Lanes;
  readonly scale: Scale;
  /** All the time that passed, ms. */
  readonly spent: number;
  readonly perUnit: number;
  readonly width: number;
  readonly height: number;
  /** What is seen of it, px. */
  readonly left: number;
  readonly right: number;
  readonly wanted: ReadonlySet<number>;
  readonly selected: Selection;
  /** First moment on the scenario's clock, ms since the epoch. */
  readonly since: number;
  /** What the keyboard is at. */
  readonly cursor: Stop | undefined;
  readonly select: (stop: Stop) => void;
  readonly focused: (stop: Stop) => void;
}

/** Drawn beyond what is seen, px. */
const MARGIN = 300;
/** A gap is shown when it is no smaller a part of all the time than this. */
const GAPS_MATTER = 60;
/** The lanes as SVG; only what is near what is seen. */
export function Drawing(props: DrawingProps) {
  const { part, lanes, scale, perUnit, width, height, left, right } = props;
  const x = (order: number) => scale.at(order) * perUnit + PAD;
  const isSeen = (from: number, to: number) => to >= left - MARGIN && from <= right + MARGIN;
  const fromUnit = (left - MARGIN) / perUnit;
  const toUnit = (right + MARGIN) / perUnit;
  const geometry: Geometry = { ...props, x, isSeen };
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="group"
      aria-label="Lanes: arrow keys go from item to item, Enter opens, Space shows"
    >
      {lanes.bands.map((band) => (
        <Band key={`${band.label} ${band.from}`} band={band} {...geometry} />
      ))}
      {ticks(scale, perUnit, 78, fromUnit, toUnit).map(({ x: at, ms }) => (
        <Tick key={at} x={at * perUnit + PAD} text={tickText(ms)} width={width} height={height} />
      ))}
      <Gaps {...geometry} />
      {lanes.lanes.map((lane, row) => (
        <LaneDrawing key={lane.id} lane={lane} y={AXIS + row * LANE} {...geometry} />
      ))}
      <LeftOut {...geometry} />
      <Pairs {...geometry} y={AXIS + (lanes.lanes.length - 2) * LANE} />
      <Chosen {...geometry} part={part} />
    </svg>
  );
}

export interface Geometry extends DrawingProps {
  x(order: number): number;
  isSeen(from: number, to: number): boolean;
}

interface TickProps extends Pick<DrawingProps, "width" | "height"> {
  readonly x: number;
  readonly text: string;
}

/** A moment with its time beside it: to the right, where there is room. */
function Tick({ x, text, width, height }: TickProps) {
  const isLast = x + 3 + widthOf(text) > width;
  return (
    <g class="tick" transform={`translate(${x} 0)`}>
      <line y1={AXIS - 5} y2={height} />
      <text y={AXIS - 9} x={isLast ? -3 : 3} text-anchor={isLast ? "end" : "start"}>
        {text}
      </text>
    </g>
  );
}

/** An outage is seen behind all lanes. */
function Band({ band, x, isSeen, width, height }: Geometry & { readonly band: Span }) {
  const from = x(band.from);
  const to = band.to === undefined ? width : x(band.to);
  if (!isSeen(from, to)) return null;
  return (
    <rect
      class={`band ${band.tone}`}
      x={from}
      width={Math.max(2, to - from)}
      y={AXIS}
      height={height - AXIS}
    />
  );
}

/** The gaps that matter among all the time that the scenario took. */
function Gaps({ scale, perUnit, isSeen, height, spent }: Geometry) {
  const from = (gap: Gap) => gap.from * perUnit + PAD;
  const width = (gap: Gap) => (gap.to - gap.from) * perUnit;
  return (
    <g class="gaps">
      {scale.gaps
        .filter((gap) => gap.ms * GAPS_MATTER >= spent && isSeen(from(gap), from(gap) + width(gap)))
        .map((gap) => (
          <g key={gap.from} class="gap">
            <rect x={from(gap)} width={width(gap)} y={AXIS} height={height - AXIS} />
            {width(gap) > 40 && (
              <text x={from(gap) + width(gap) / 2} y={height - 5}>
                {gapText(gap.ms)}
              </text>
            )}
          </g>
        ))}
    </g>
  );
}

/** Where facts are not in the page, no lane can say what was: it is covered. Steps are all there. */
function LeftOut({ part, lanes, x, isSeen, height }: Geometry) {
  const { leftOut } = part;
  if (leftOut === undefined) return null;
  const from = x(part.order[leftOut.before - 1] ?? 0);
  const to = x(part.order[leftOut.before] ?? 0);
  if (!isSeen(from, to)) return null;
  const above = lanes.lanes.filter(({ id }) => id.startsWith("steps")).length;
  const y = AXIS + above * LANE;
  return (
    <g class="left-out">
      <title>{`${leftOut.count.toLocaleString()} facts are left out here`}</title>
      <rect x={from} y={y} width={Math.max(6, to - from)} height={height - y} />
      {to - from > 40 && (
        <text x={(from + to) / 2} y={y + LANE / 2 + 4}>
          left out
        </text>
      )}
    </g>
  );
}

/** A line from each CALL to its answer. */
function Pairs({ part, x, isSeen, y, wanted }: Geometry & { readonly y: number }) {
  const [above, below] = [y + LANE / 2 + 5, y + LANE * 1.5 - 5];
  const lines = part.exchanges.flatMap(({ call, answer }) => {
    const fact = part.facts[call];
    if (fact?.kind !== "frame" || fact.source !== "station" || !wanted.has(call)) return [];
    const [from, to] = [x(part.order[call] ?? 0), x(part.order[answer] ?? 0)];
    return isSeen(from, to) ? [{ call, from, to, down: fact.direction === "out" }] : [];
  });
  return (
    <g class="pairs">
      {thinned(lines, ({ from }) => from).map(({ call, from, to, down }) => (
        <line key={call} x1={from} y1={down ? above : below} x2={to} y2={down ? below : above} />
      ))}
    </g>
  );
}

/** Where the fact or step stands that is looked at. */
function Chosen({ part, selected, x, height }: Geometry) {
  const order = selected.fact === undefined ? undefined : part.order[selected.fact];
  if (order === undefined) return null;
  return <line class="chosen" x1={x(order)} x2={x(order)} y1={AXIS} y2={height} />;
}
