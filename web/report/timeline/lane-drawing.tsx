import type { Geometry } from "./drawing.tsx";
import type { Item, Lane, Span } from "./lanes.ts";
import { fitted, widthOf } from "./lettering.ts";
import { LANE } from "./measures.ts";
import { spokenItem, spokenSpan } from "./spoken.ts";
import { thinned } from "./thinned.ts";
import type { Stop } from "./walk.ts";

/** Between a label and what stands beside it, px. */
const BESIDE = 6;
/** From a glyph's middle to its label, px. */
const LABEL = 10;

/** What stands on one lane. What cannot be told apart is drawn once, except what is wrong or looked at. */
export function LaneDrawing({
  lane,
  y,
  ...geometry
}: Geometry & { readonly lane: Lane; readonly y: number }) {
  const { width, isSeen, x, cursor, selected } = geometry;
  const isAt = (stop: Stop) =>
    isSame(stop, cursor) || (stop.fact !== undefined && stop.fact === selected.fact);
  const items = thinned(
    lane.items.filter((item) => isSeen(x(item.order), x(item.order)) || isAt(item)),
    ({ order }) => x(order),
    (item) => item.tone === "bad" || isAt(item),
  );
  // Within a span there is no room for another label.
  const nextSpan = ({ order }: Item) => {
    const span = lane.spans.find(({ to = Number.POSITIVE_INFINITY }) => to > order);
    return span === undefined ? Number.POSITIVE_INFINITY : Math.max(order, span.from);
  };
  const end = ({ to }: Span) => (to === undefined ? width - 4 : x(to));
  const spans = thinned(
    lane.spans.filter((span) => isSeen(x(span.from), end(span)) || isSame(stopOf(span), cursor)),
    (span) => x(span.from),
    (span) => span.tone === "bad" || end(span) - x(span.from) > 8 || isSame(stopOf(span), cursor),
    false,
  );
  return (
    <g class="lane" data-lane={lane.id} transform={`translate(0 ${y})`}>
      <line class="floor" x1={0} x2={width} y1={LANE} y2={LANE} />
      {spans.map((span, i) => (
        <SpanDrawing key={span.from} span={span} next={spans[i + 1]} lane={lane} {...geometry} />
      ))}
      {items.map((item, i) => (
        <ItemDrawing
          key={item.fact}
          item={item}
          next={Math.min(items[i + 1]?.order ?? Number.POSITIVE_INFINITY, nextSpan(item))}
          lane={lane}
          {...geometry}
        />
      ))}
    </g>
  );
}

const stopOf = ({ from, fact, step }: Span): Stop => ({ order: from, fact, step });

const isSame = (stop: Stop, other: Stop | undefined): boolean =>
  other !== undefined && stop.order === other.order && stop.fact === other.fact && stop.step === other.step;

interface SpanDrawingProps extends Geometry {
  readonly span: Span;
  /** It may begin before the other ends: two cards at once. */
  readonly next: Span | undefined;
  readonly lane: Lane;
}

function SpanDrawing({ span, next, lane, ...geometry }: SpanDrawingProps) {
  const { x, width, wanted, selected, left, part, since, spent } = geometry;
  const from = x(span.from);
  const to = span.to === undefined ? width - 4 : x(span.to);
  const dim = span.fact !== undefined && !wanted.has(span.fact);
  const at =
    (span.step !== undefined && span.step === selected.step) ||
    (span.fact !== undefined && span.fact === selected.fact);
  // A label stays in sight while its span does.
  const room = next === undefined ? to : Math.min(to, x(next.from));
  const labelAt = Math.min(
    Math.max(from, left) + BESIDE,
    Math.max(from + BESIDE, room - BESIDE - widthOf(span.label)),
  );
  const label = fitted(span.label, room - labelAt - 2);
  const spoken = spokenSpan(span, lane, part, since, spent);
  return (
    <g
      class={`span ${span.tone} ${dim ? "faint" : ""} ${at ? "at" : ""}`}
      aria-label={spoken}
      data-label={span.label}
      {...actions(stopOf(span), at, geometry)}
    >
      <title>{spoken}</title>
      <rect x={from} y={4} width={Math.max(3, to - from)} height={LANE - 8} rx={3} />
      {label !== "" && (
        <text x={labelAt} y={LANE / 2 + 4}>
          {label}
        </text>
      )}
    </g>
  );
}

function ItemDrawing({
  item,
  next,
  lane,
  ...geometry
}: Geometry & { readonly item: Item; readonly next: number; readonly lane: Lane }) {
  const { part, x, width, wanted, selected, since } = geometry;
  const at = x(item.order);
  const free = (Number.isFinite(next) ? x(next) - BESIDE : width) - at - LABEL;
  const fact = part.facts[item.fact];
  const isAt = selected.fact === item.fact;
  const spoken = spokenItem(item, lane, fact, since);
  const stop = { order: item.order, fact: item.fact };
  return (
    <g
      class={`item ${item.tone} ${wanted.has(item.fact) ? "" : "faint"} ${isAt ? "at" : ""}`}
      aria-label={spoken}
      transform={`translate(${at} ${LANE / 2})`}
      data-fact={item.fact}
      {...actions(stop, isAt, geometry)}
    >
      <title>{spoken}</title>
      <circle r={9} class="reach" />
      <text class="glyph" y={5}>
        {item.glyph}
      </text>
      {free > widthOf(item.label) && (
        <text class="label" x={LABEL} y={4}>
          {item.label}
        </text>
      )}
    </g>
  );
}

/** Of all that stands on the lanes one takes the Tab key; from there arrow keys go on. */
function actions(stop: Stop, isAt: boolean, { cursor, select, focused }: Geometry) {
  return {
    role: "button",
    // In SVG an attribute is not known by its name in JavaScript.
    tabindex: isSame(stop, cursor) ? 0 : -1,
    "aria-current": isAt,
    onClick: () => select(stop),
    onFocus: () => focused(stop),
  } as const;
}
