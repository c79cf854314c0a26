import { AppError, isAppError } from "../util/errors.ts";
import { errorAt, type ResolvedConfig } from "./config.ts";

/**
 * Checks the names of readers and buzzers against the drivers' registries, which only commands that use devices load.
 * @throws AppError `usage` or `config.invalid`, with the place that the name comes from
 */
export async function checkDevices(settings: ResolvedConfig): Promise<void> {
  const { parseReaderSpec } = await import("../drivers/readers/registry.ts");
  const { parseIndicatorSpec } = await import("../drivers/indicators/registry.ts");
  const { parseBuzzerSpec } = await import("../drivers/buzzers/registry.ts");
  checkAll(settings, "readers", parseReaderSpec);
  checkAll(settings, "buzzers", parseBuzzerSpec);
  checkAll(settings, "indicators", parseIndicatorSpec);
  const typed = settings.config.readers?.filter((r) => {
    const spec = parseReaderSpec(r);
    return spec.kind === "wedge" && spec.path === "-";
  });
  if (typed !== undefined && typed.length + (settings.config.control === undefined ? 0 : 1) > 1) {
    throw new AppError(
      "usage",
      "Standard input can be one thing only: a reader (wedge:-) or verbs (--control -)",
      {
        hint: "Name the reader's input device: --reader wedge:/dev/input/by-id/…",
      },
    );
  }
}

function checkAll(
  settings: ResolvedConfig,
  name: "readers" | "buzzers" | "indicators",
  parse: (t: string) => unknown,
): void {
  for (const text of settings.config[name] ?? []) {
    try {
      parse(text);
    } catch (e) {
      throw isAppError(e) ? errorAt(name, settings.origins[name], e) : e;
    }
  }
}
