import type { JournalEntry } from "../journal/types.ts";
import type { LinkFact } from "../station/facts.ts";
import { AppError } from "../util/errors.ts";
import type { Bench } from "./bench.ts";
import type { Known } from "./step.ts";
import { durationText } from "./units.ts";

/**
 * Resolves when the station is registered. `spoken` are the versions in which a station was, of this run: another
 * refusal of such a one has another reason, and may pass.
 * @throws AppError `csms.version`, `csms.refused` at once when the central system refuses it and will again;
 * `csms.unreachable`, or `state.conflict` when the other side is the built-in one
 */
export function online(
  bench: Bench,
  patience: number,
  known: Known,
  spoken: ReadonlySet<string>,
): Promise<void> {
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
      const refused = bench.central === undefined ? refusalOf(linkOf(fact), known, spoken) : undefined;
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
