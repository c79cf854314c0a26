import type { JournalEntry } from "../journal/types.ts";
import type { LinkFact } from "../station/facts.ts";
import { AppError } from "../util/errors.ts";
import type { Bench } from "./bench.ts";
import type { Known } from "./step.ts";
import { durationText } from "./units.ts";

/**
 * Resolves when the station is registered.
 * @throws AppError `csms.version`, `csms.refused` at once when the central system refuses it and will again;
 * `csms.unreachable`, or `state.conflict` when the other side is the built-in one
 */
export function online(bench: Bench, patience: number, known: Known): Promise<void> {
  if (bench.control.status().online) return Promise.resolve();
  const { clock, journal } = bench;
  const lastLink = () => linkOf(journal.query({ kinds: ["link"], last: 1 })[0]);
  return new Promise((resolve, reject) => {
    const end = (error?: AppError) => {
      clock.clearTimeout(timer);
      stop();
      if (error === undefined) resolve();
      else reject(error);
    };
    const see = (fact: JournalEntry | undefined) => {
      if (fact?.kind === "registration" && fact.status === "Accepted") end();
      const refused = bench.central === undefined ? refusalOf(linkOf(fact), known) : undefined;
      if (refused !== undefined) end(refused);
    };
    const timer = clock.setTimeout(() => end(late(lastLink(), bench, patience)), patience);
    const stop = journal.subscribe(see);
    see(journal.query({ kinds: ["link"], last: 1 })[0]);
  });
}

const linkOf = (fact: JournalEntry | undefined): LinkFact | undefined =>
  fact?.kind === "link" ? fact : undefined;

/** What is not worth waiting for: a refusal that does not pass. */
function refusalOf(link: LinkFact | undefined, { ocpp, versions }: Known): AppError | undefined {
  const { lasting, why = "it is refused", hint } = link ?? {};
  if (lasting === undefined) return undefined;
  if (lasting === "request") {
    return new AppError("csms.refused", `The station is refused: ${why}`, hint === undefined ? {} : { hint });
  }
  const others = versions.filter((version) => version !== ocpp);
  return new AppError("csms.version", `The central system does not take OCPP ${ocpp}: ${why}`, {
    hint: `Leave its scenarios out: ${others.map((version) => `--ocpp ${version}`).join(" or ")}. Or enable it there, and check the URL.`,
  });
}

function late(link: LinkFact | undefined, bench: Bench, patience: number): AppError {
  const said = link?.why === undefined ? "" : `: ${link.why}`;
  const hint = link?.hint ?? "If it is not meant to, write station: {begins: powered}.";
  return new AppError(
    bench.central === undefined ? "csms.unreachable" : "state.conflict",
    `The station was not registered within ${durationText(patience)}${said}`,
    { hint },
  );
}
