import type { ScenarioPart } from "../data.ts";
import type { Selection } from "../selection.ts";
import { gapText, sinceText, tickText } from "../time.ts";
import type { Item, Lane, Lanes, Span } from "./lanes.ts";
import { AXIS, LANE } from "./measures.ts";
import { type Gap, type Scale, ticks } from "./scale.ts";

interface DrawingProps {
  readonly part: ScenarioPart;
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
  readonly select: (fact: number) => void;
  readonly selectStep: (step: number) => void;
}

const PAD = 12;
/** Drawn beyond what is seen, px. */
const MARGIN = 300;
/** A gap is shown when it is no smaller a part of all the time than this. */
const GAPS_MATTER = 60;
/** A letter of a label, px. */
const LETTER = 6.4;

/** The lanes as SVG; only what is near what is seen. */
export function Drawing(props: DrawingProps) {
  const { part, lanes, scale, perUnit, width, height, left, right } = props;
  const x = (order: number) => scale.at(order) * perUnit + PAD;
  const isSeen = (from: number, to: number) => to >= left - MARGIN && from <= right + MARGIN;
  const fromUnit = (left - MARGIN) / perUnit;
  const toUnit = (right + MARGIN) / perUnit;
  const geometry: Geometry = { ...props, x, isSeen };
  return (
    <svg width={width} height={height} role="group" aria-label="Lanes">
      {lanes.bands.map((band) => (
        <Band key={`${band.label} ${band.from}`} band={band} {...geometry} />
      ))}
      {ticks(scale, perUnit, 78, fromUnit, toUnit).map(({ x: at, ms }) => (
        <g key={at} class="tick" transform={`translate(${at * perUnit + PAD} 0)`}>
          <line y1={AXIS - 5} y2={height} />
          <text y={AXIS - 9} x={3}>
            {tickText(ms)}
          </text>
        </g>
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

interface Geometry extends DrawingProps {
  x(order: number): number;
  isSeen(from: number, to: number): boolean;
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
  const above = lanes.lanes.filter(({ id }) => id === "steps" || id === "inner").length;
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

function LaneDrawing({ lane, y, ...geometry }: Geometry & { readonly lane: Lane; readonly y: number }) {
  const { width, isSeen, x } = geometry;
  const items = lane.items.filter(({ order }) => isSeen(x(order), x(order)));
  return (
    <g class={`lane ${lane.id}`} transform={`translate(0 ${y})`}>
      <line class="floor" x1={0} x2={width} y1={LANE} y2={LANE} />
      {lane.spans.map((span) => (
        <SpanDrawing key={span.from} span={span} {...geometry} />
      ))}
      {items.map((item, i) => (
        <ItemDrawing key={item.fact} item={item} next={items[i + 1]} {...geometry} />
      ))}
    </g>
  );
}

function SpanDrawing({
  span,
  x,
  isSeen,
  width,
  wanted,
  select,
  selectStep,
  selected,
  left,
}: Geometry & { readonly span: Span }) {
  const from = x(span.from);
  const to = span.to === undefined ? width - 4 : x(span.to);
  if (!isSeen(from, to)) return null;
  const act = () =>
    span.step === undefined ? span.fact !== undefined && select(span.fact) : selectStep(span.step);
  const dim = span.fact !== undefined && !wanted.has(span.fact);
  const at =
    (span.step !== undefined && span.step === selected.step) ||
    (span.fact !== undefined && span.fact === selected.fact);
  // A label stays in sight while its span does.
  const labelAt = Math.min(Math.max(from, left) + 6, Math.max(from + 6, to - span.label.length * LETTER));
  const letters = Math.floor((to - labelAt) / LETTER);
  return (
    <g
      role="button"
      aria-label={span.label}
      class={`span ${span.tone} ${dim ? "faint" : ""} ${at ? "at" : ""}`}
      onClick={act}
    >
      <title>{span.label}</title>
      <rect x={from} y={4} width={Math.max(3, to - from)} height={LANE - 8} rx={3} />
      {letters > 3 && (
        <text x={labelAt} y={LANE / 2 + 4}>
          {span.label.length <= letters ? span.label : `${span.label.slice(0, letters - 1)}…`}
        </text>
      )}
    </g>
  );
}

function ItemDrawing({
  item,
  next,
  part,
  x,
  wanted,
  select,
  selected,
  perUnit,
}: Geometry & { readonly item: Item; readonly next: Item | undefined }) {
  const at = x(item.order);
  const free = next === undefined ? Number.POSITIVE_INFINITY : x(next.order) - at - 14;
  const fits = free > item.label.length * LETTER && perUnit > 0;
  const fact = part.facts[item.fact];
  const since = Date.parse(part.facts[0]?.time ?? "");
  const dim = !wanted.has(item.fact);
  return (
    <g
      role="button"
      aria-label={item.label}
      class={`item ${item.tone} ${dim ? "faint" : ""} ${selected.fact === item.fact ? "at" : ""}`}
      transform={`translate(${at} ${LANE / 2})`}
      onClick={() => select(item.fact)}
      data-fact={item.fact}
    >
      <title>{`${item.label}  ${fact === undefined ? "" : sinceText(fact.time, since)}`}</title>
      <circle r={9} class="reach" />
      <text class="glyph" y={5}>
        {item.glyph}
      </text>
      {fits && (
        <text class="label" x={10} y={4}>
          {item.label}
        </text>
      )}
    </g>
  );
}

/** A line from each CALL to its answer. */
function Pairs({ part, lanes, x, isSeen, y, wanted }: Geometry & { readonly y: number }) {
  return (
    <g class="pairs">
      {lanes.exchanges.map(({ call, answer }) => {
        const [from, to] = [part.order[call], part.order[answer]];
        const fact = part.facts[call];
        if (from === undefined || to === undefined || fact?.kind !== "frame" || fact.source !== "station")
          return null;
        if (!isSeen(x(from), x(to)) || !wanted.has(call)) return null;
        const [above, below] = [y + LANE / 2 + 5, y + LANE * 1.5 - 5];
        const down = fact.direction === "out";
        return (
          <line key={call} x1={x(from)} y1={down ? above : below} x2={x(to)} y2={down ? below : above} />
        );
      })}
    </g>
  );
}

/** Where the fact or step stands that is looked at. */
function Chosen({ part, selected, x, height }: Geometry) {
  const order = selected.fact === undefined ? undefined : part.order[selected.fact];
  if (order === undefined) return null;
  return <line class="chosen" x1={x(order)} x2={x(order)} y1={AXIS} y2={height} />;
}
