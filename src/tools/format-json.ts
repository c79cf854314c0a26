const LINE_WIDTH = 110;

/** JSON as the formatter of this repository lays it out, so that generated files need no second pass. */
export function formatJson(value: unknown): string {
  return `${format(value, 0, 0)}\n`;
}

/** `used`: characters that stand on the line already, or will follow. */
function format(value: unknown, depth: number, used: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = "  ".repeat(depth + 1);
  const outer = "  ".repeat(depth);
  if (!Array.isArray(value)) {
    const pairs = Object.entries(value).map(([key, item]) => {
      const name = `${JSON.stringify(key)}: `;
      return `${inner}${name}${format(item, depth + 1, inner.length + name.length + 1)}`;
    });
    return pairs.length === 0 ? "{}" : `{\n${pairs.join(",\n")}\n${outer}}`;
  }
  const flat = `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
  const scalars = value.every((item) => typeof item !== "object" || item === null);
  if (scalars && used + flat.length <= LINE_WIDTH) return flat;
  return `[\n${value.map((item) => inner + format(item, depth + 1, inner.length + 1)).join(",\n")}\n${outer}]`;
}
