import type { ReportIndex, ScenarioPart } from "../../src/report/page-data.ts";

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

const parts = new Map<number, Promise<ScenarioPart>>();

/** Unpacks what one scenario's page shows; kept for the next look. */
export function readPart(part: number): Promise<ScenarioPart> {
  const known = parts.get(part) ?? unpack(document.getElementById(`part-${part}`)?.textContent ?? "");
  parts.set(part, known);
  return known;
}

async function unpack(base64: string): Promise<ScenarioPart> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(plain).text());
}
