/** As the style sheet has it for texts of the drawing, px. */
const SIZE = 11.5;
/** Of a text in no more room than this nothing could be read, px. */
const LEAST = 22;

const widths = new Map<string, number>();
let pen: CanvasRenderingContext2D | null | undefined;

/** How wide a text is drawn, px. */
export function widthOf(text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    width = measured(text);
    widths.set(text, width);
  }
  return width;
}

function measured(text: string): number {
  if (pen === undefined) {
    pen = document.createElement("canvas").getContext("2d");
    if (pen !== null) pen.font = `${SIZE}px ${getComputedStyle(document.documentElement).fontFamily}`;
  }
  return pen?.measureText(text).width ?? text.length * SIZE * 0.6;
}

/** The text, or as much of its beginning as there is room for; nothing where that could not be read. */
export function fitted(text: string, room: number): string {
  if (room < LEAST) return "";
  if (widthOf(text) <= room) return text;
  const letters = [...text];
  let [fits, tooMany] = [0, letters.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (measured(`${letters.slice(0, middle).join("")}…`) <= room) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? "" : `${letters.slice(0, fits).join("")}…`;
}
