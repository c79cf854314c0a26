import type { Colors } from "../../src/util/colors.ts";

const asIs = (text: string | number): string => String(text);

/** Lines of the terminal without its colours. */
export const plain: Colors = {
  bold: asIs,
  dim: asIs,
  red: asIs,
  green: asIs,
  yellow: asIs,
  blue: asIs,
  magenta: asIs,
  cyan: asIs,
};
