import { hasCommands } from "../drivers/buzzers/reader-matched.ts";
import { type BuzzerContext, type BuzzerSpec, openBuzzer } from "../drivers/buzzers/registry.ts";
import { type IndicatorSpec, openIndicator } from "../drivers/indicators/registry.ts";
import type { CardReader } from "../station/ports.ts";
import type { Sounds } from "./sounds.ts";

export interface BuzzerChoice extends Pick<BuzzerContext, "definitions" | "clock"> {
  /** What `--buzzer` names; undefined: nobody said. */
  readonly named: readonly BuzzerSpec[] | undefined;
  readonly readers: readonly CardReader[];
  /** Is there a terminal whose bell can be rung? */
  readonly terminal: boolean;
}

/**
 * Opens the buzzers that were named; unasked, the PC/SC reader's own and the terminal's bell.
 * @throws AppError `usage`, `driver.missing`
 */
export async function openBuzzers(sounds: Sounds, o: BuzzerChoice): Promise<void> {
  const pcsc = o.readers.find(hasCommands);
  const context: BuzzerContext = {
    definitions: o.definitions,
    clock: o.clock,
    ...(pcsc === undefined ? {} : { reader: pcsc }),
  };
  for (const spec of o.named ?? unasked(pcsc !== undefined, o.terminal)) {
    const buzzer = await openBuzzer(spec, context);
    if (buzzer !== undefined) sounds.add(buzzer);
  }
}

function unasked(pcsc: boolean, terminal: boolean): BuzzerSpec[] {
  if (pcsc) return [{ kind: "reader" }];
  return terminal ? [{ kind: "bell" }] : [];
}

/**
 * Opens the indicators that were named.
 * @throws AppError `usage`, `driver.missing`
 */
export async function openIndicators(
  sounds: Sounds,
  specs: readonly IndicatorSpec[],
  o: Pick<BuzzerChoice, "definitions" | "clock" | "readers">,
): Promise<void> {
  const reader = o.readers.find(hasCommands);
  for (const spec of specs) {
    const context = {
      definitions: o.definitions,
      clock: o.clock,
      ...(reader === undefined ? {} : { reader }),
    };
    const indicator = await openIndicator(spec, context);
    if (indicator !== undefined) sounds.addIndicator(indicator);
  }
}
