/**
 * A value as the kind (of JSON Schema), or one of the kinds, that is wanted, where nothing is lost by it: "12" and 12, "true"
 * and true become each other. What is of such a kind already, and what cannot be of it, stays as it is: "007", "12 A", a
 * number with more digits than can be kept.
 */
export function turned(value: unknown, wanted: string | readonly string[] | undefined): unknown {
  const types = [wanted ?? []].flat();
  if (types.some((type) => typeof value === (type === "integer" ? "number" : type))) return value;
  return types.map((type) => asKind(value, type)).find((other) => other !== undefined) ?? value;
}

/** Undefined: it is none of this kind. */
function asKind(value: unknown, type: string): unknown {
  if (type === "string")
    return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  if (typeof value !== "string") return undefined;
  if (type === "boolean") return { true: true, false: false }[value];
  const number = type === "number" || type === "integer" ? numberIn(value) : undefined;
  return type === "integer" && !Number.isInteger(number) ? undefined : number;
}

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:e([-+]?\d+))?$/;

/** The number that a text is; undefined: it is none, or none that can be kept to the last digit. */
function numberIn(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const number = Number(text);
  return digitsOf(text) === digitsOf(String(number)) ? number : undefined;
}

/** All that a number says, in one form: 1.50, 1.5 and 15e-1 are "15e-1". */
function digitsOf(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  return `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}
