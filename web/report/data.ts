import type { ReportIndex, ScenarioPart } from "../../src/report/page-data.ts";
import { type Exchange, exchangesOf } from "./exchanges.ts";
import { type AllUnderWay, underWay } from "./under-way.ts";

export type {
  IndexEntry,
  PageFailure,
  PageStep,
  ReportIndex,
  ScenarioPart,
} from "../../src/report/page-data.ts";

/** What the reporter wrote into the page. */
export function readIndex(): ReportIndex {
  return JSON.parse(document.getElementById("index")?.textContent ?? "{}");
}

/** What one scenario's page shows, with what follows from it. */
export interface Part extends ScenarioPart {
  readonly underWay: AllUnderWay;
  readonly exchanges: readonly Exchange[];
}

const parts = new Map<number, Promise<Part>>();

/** Unpacks what one scenario's page shows; kept for the next look. */
export function readPart(part: number): Promise<Part> {
  const known = parts.get(part) ?? unpack(document.getElementById(`part-${part}`)?.textContent ?? "");
  parts.set(part, known);
  return known;
}

async function unpack(base64: string): Promise<Part> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const part: ScenarioPart = JSON.parse(await new Response(plain).text());
  return { ...part, underWay: underWay(part), exchanges: exchangesOf(part.facts) };
}
