import type { Config } from "../app/config.ts";
import type { StationStatus } from "../station/control.ts";
import type { Fact, LinkFact } from "../station/facts.ts";
import { AppError } from "../util/errors.ts";

/**
 * What a scripted session was started for and never had: a central system that accepts the station, the readers that
 * were named. Its verbs were done all the same; the exit code tells.
 */
export class Missed {
  #accepted = false;
  #link: LinkFact | undefined;

  hear(fact: Fact): void {
    if (fact.source !== "station") return;
    if (fact.kind === "registration" && fact.status === "Accepted") this.#accepted = true;
    if (fact.kind === "link" && fact.why !== undefined) this.#link = fact;
  }

  /** The error that the session ends with, or undefined. */
  error(config: Config, status: StationStatus): AppError | undefined {
    return this.#csms(status) ?? reader(config, status);
  }

  #csms({ csms }: StationStatus): AppError | undefined {
    if (this.#accepted) return undefined;
    const refused = this.#link === undefined || this.#link.state === "refused";
    const why = this.#link?.why ?? "it did not accept BootNotification";
    const hint = this.#link?.hint === undefined ? {} : { hint: this.#link.hint };
    return new AppError(
      refused ? "csms.refused" : "csms.unreachable",
      `The central system ${csms} never accepted this station: ${why}`,
      hint,
    );
  }
}

/** What lines of standard input that could not be read or done make of a session; each was told where it happened. */
export function failedLines(numbers: readonly number[]): AppError | undefined {
  const [first] = numbers;
  if (first === undefined) return undefined;
  const which = numbers.length === 1 ? `Line ${first}` : `Lines ${numbers.join(", ")}`;
  return new AppError("input.invalid", `${which} of standard input could not be done`, {
    hint: "What was wrong is said above, where it happened; the other lines were done.",
  });
}

function reader(config: Config, status: StationStatus): AppError | undefined {
  if (config.readers === undefined) return undefined;
  const absent = status.readers.find((r) => !r.ready);
  if (absent === undefined) return undefined;
  const detail = absent.detail === undefined ? "" : `: ${absent.detail}`;
  return new AppError("device.unavailable", `The reader ${absent.name} is not ready${detail}`, {
    hint: "Is it plugged in, and is its name right? See --reader in tapstation start --help.",
  });
}
