import { writeFileSync } from "node:fs";
import type { Central } from "../central/index.ts";
import type { JournalFault } from "../journal/types.ts";
import type { CommandAnswer } from "../station/control.ts";
import type { FactBody, FactSink } from "../station/facts.ts";
import { AppError } from "../util/errors.ts";
import type { Config } from "./config.ts";
import type { DataFiles } from "./paths.ts";

/* The built-in central system as `start` and `central` put it up. */

/**
 * Opens it on the records of the data directory. `frames`: it is alone, and tells what it hears itself.
 * @throws AppError `config.invalid` for a port that cannot be had, `store.*`
 */
export async function openBuiltIn(
  { port, files, tls, securityProfile = 0 }: Pick<Config, "port" | "files" | "tls" | "securityProfile">,
  data: DataFiles,
  onFact: FactSink,
  { frames = false } = {},
): Promise<Central> {
  const { createCentral } = await import("../central/index.ts");
  return createCentral({
    data: data.central,
    port,
    onFact,
    frames,
    ...(files === undefined ? {} : { files }),
    tls: tls || securityProfile >= 2,
  });
}

/** Writes its root certificate down, which others need to trust it: where; undefined when it speaks no TLS. */
export async function keepRoot(central: Central, { centralRoot }: DataFiles): Promise<string | undefined> {
  const root = await central.rootCertificate();
  if (root === undefined) return undefined;
  writeFileSync(centralRoot, root);
  return centralRoot;
}

/**
 * Sends a command as a person gives it; `hint` is what to do when there is no answer.
 * @throws AppError `input.invalid` when the payload does not fit, `csms.unreachable` when no answer comes
 */
export async function commanded(
  central: Central,
  id: string,
  action: string,
  payload: unknown,
  hint: string,
): Promise<CommandAnswer> {
  const outcome = await central.send(id, action, payload);
  if (outcome.kind === "result") return { answer: outcome.payload };
  if (outcome.kind === "error") return { error: { code: outcome.code, description: outcome.description } };
  const why = {
    timeout: "no answer came in time",
    invalid: "the answer does not fit its schema",
    disconnected: "it is not connected",
  } as const;
  throw new AppError("csms.unreachable", `${action} was not answered by ${id}: ${why[outcome.kind]}`, {
    hint,
  });
}

/** A journal that cannot be written is told like any other fault. */
export function journalFault(fault: JournalFault): FactBody {
  const about = { kind: "fault", what: "journal", state: fault.state } as const;
  if (fault.state === "cleared") return about;
  const { message, hint } = fault.error;
  return { ...about, detail: message, ...(hint === undefined ? {} : { hint }) };
}
