import type { JournalEntry } from "../journal/types.ts";
import type { LinkFact } from "../station/facts.ts";
import { AppError } from "../util/errors.ts";
import type { Bench } from "./bench.ts";
import { waiting } from "./part.ts";
import type { Known } from "./step.ts";
import { durationText } from "./units.ts";

/**
 * Resolves when the station is registered. `spoken` are the versions in which a station was, of this run: another
 * refusal of such a one has another reason, and may pass.
 * @throws AppError `csms.version`, `csms.refused` at once when the central system refuses it and will again;
 * `csms.unreachable`, or `state.conflict` when the other side is the built-in one; the reason of the part's end
 */
export async function online(
  bench: Bench,
  patience: number,
  known: Known,
  spoken: ReadonlySet<string>,
  part: AbortSignal,
): Promise<void> {
  if (bench.control.status().online) return;
  const lastLink = () => linkOf(bench.journal.query({ kinds: ["link"], last: 1 })[0]);
  /** @throws AppError where it is refused */
  const isRegistered = (fact: JournalEntry): boolean => {
    mayGoOn(linkOf(fact));
    return fact.kind === "registration" && fact.status === "Accepted";
  };
  const mayGoOn = (link: LinkFact | undefined): void => {
    const refused = bench.central === undefined ? refusalOf(link, known, spoken) : undefined;
    if (refused !== undefined) throw refused;
  };
  mayGoOn(lastLink());
  if (await waiting(bench, part, patience, isRegistered)) return;
  throw late(lastLink(), bench, patience);
}

const linkOf = (fact: JournalEntry | undefined): LinkFact | undefined =>
  fact?.kind === "link" ? fact : undefined;

/** What is not worth waiting for: a refusal that does not pass. */
function refusalOf(
  link: LinkFact | undefined,
  { ocpp, versions }: Known,
  spoken: ReadonlySet<string>,
): AppError | undefined {
  const { lasting, why = "it is refused", hint } = link ?? {};
  if (lasting === undefined || (lasting !== "request" && spoken.has(ocpp))) return undefined;
  if (lasting === "request") {
    return new AppError("csms.refused", `The station is refused: ${why}`, hint === undefined ? {} : { hint });
  }
  const without = versions.filter((version) => version !== ocpp).map((version) => `--ocpp ${version}`);
  const leave = `leave its scenarios out: ${without.join(" or ")}`;
  const [taken] = spoken;
  if (lasting === "version" || taken !== undefined) {
    const so = lasting === "version" ? "does not take" : `takes OCPP ${taken}, and it seems not`;
    return new AppError("csms.version", `The central system ${so} OCPP ${ocpp}: ${why}`, {
      hint: `L${leave.slice(1)}. Or enable it there, and check the URL.`,
    });
  }
  return new AppError("csms.version", `The station is refused: ${why}`, {
    hint: `Does the central system know this identity and path, and take OCPP ${ocpp}? If it does not take it, ${leave}.`,
  });
}

function late(link: LinkFact | undefined, bench: Bench, patience: number): AppError {
  const said = link?.state === "connected" ? registrationOf(bench) : link?.why;
  const hint = link?.hint ?? "If it is not meant to, write station: {begins: powered}.";
  return new AppError(
    bench.central === undefined ? "csms.unreachable" : "state.conflict",
    `The station was not registered within ${durationText(patience)}${said === undefined ? "" : `: ${said}`}`,
    { hint },
  );
}

/** What the central system said of it, where the connection stands. */
function registrationOf({ journal }: Bench): string | undefined {
  const [last] = journal.query({ kinds: ["registration"], last: 1 });
  if (last?.kind === "registration") return `the central system answers ${last.status}`;
  const [sent] = journal.query({ action: "BootNotification", last: 1 });
  return sent === undefined ? undefined : "BootNotification is not answered";
}
