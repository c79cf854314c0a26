import type { Central } from "../central/index.ts";
import { openJournal } from "../journal/journal.ts";
import type { FactSink } from "../station/facts.ts";
import { isoTime, systemClock } from "../util/clock.ts";
import { Disposal } from "../util/disposal.ts";
import { AppError } from "../util/errors.ts";
import { commanded, journalFault, keepRoot, openBuiltIn } from "./built-in.ts";
import type { CentralControl } from "./central-verbs.ts";
import type { Config } from "./config.ts";
import { givenCredentials } from "./credentials.ts";
import { ensureDataDir } from "./paths.ts";

/** What a person is told about a central system that has just been put up. */
export interface CentralSummary {
  /** Stations add "/" and their identity. */
  readonly url: string;
  /** The same by TLS. */
  readonly secureUrl?: string;
  /** The file of the root certificate that its own leads to. */
  readonly root?: string;
  /** Where it offers files. */
  readonly files?: string;
  /** The station that has to give a password. */
  readonly password?: string;
  /** The access mode of each location. */
  readonly access: readonly { readonly location: string; readonly mode: string }[];
  /** The directory that holds journal and databases. */
  readonly data: string;
}

/** A central system that stands, without any station in this process. */
export interface RunningCentral {
  readonly control: CentralControl;
  readonly summary: CentralSummary;
  /** Closes everything in reverse order; may be called more than once. */
  stop(): Promise<void>;
}

/**
 * Puts the built-in central system up alone, on the records of the data directory. `hear` gets every fact from the very
 * first one on.
 * @throws AppError of any part, after everything that stood has been taken down again
 */
export async function startCentral(config: Config, hear: FactSink): Promise<RunningCentral> {
  const disposal = new Disposal();
  try {
    const files = ensureDataDir(config.data);
    const journal = openJournal({
      path: files.journal,
      onFault: (fault) =>
        told({ ...journalFault(fault), time: isoTime(systemClock), station: "", source: "central" }),
    });
    disposal.defer(() => journal.close());
    const told: FactSink = (fact) => {
      journal.append(fact);
      hear(fact);
    };
    const central = await openBuiltIn(config, files, told, { frames: true });
    disposal.defer(() => central.close());
    const root = await keepRoot(central, files);
    return {
      control: {
        stations: () => central.stations(),
        command: (station, action, payload) =>
          commanded(central, station ?? theOnly(central), action, payload, whoIsThere(central)),
      },
      summary: {
        url: central.url,
        ...(root === undefined ? {} : { secureUrl: central.url.replace(/^ws:/, "wss:"), root }),
        ...(central.files === undefined ? {} : { files: central.files.url("") }),
        ...givePassword(central, config),
        access: central.book
          .locations()
          .map(({ name, accessMode }) => ({ location: name, mode: accessMode })),
        data: config.data,
      },
      stop: () => disposal.dispose(),
    };
  } catch (e) {
    await disposal.dispose().catch(() => {});
    throw e;
  }
}

/** `--password` is of the station `--id`, as it is where the station gives it. */
function givePassword(central: Central, config: Config): Pick<CentralSummary, "password"> {
  const { id, password: text, authorizationKey } = config;
  const { password } = givenCredentials({
    csms: central.url,
    ...(text === undefined ? {} : { password: text }),
    ...(authorizationKey === undefined ? {} : { authorizationKey }),
  });
  if (password === undefined) return {};
  central.setPassword(id, password);
  return { password: id };
}

/** @throws AppError `state.conflict` when none is connected, or several */
function theOnly(central: Central): string {
  const [only, another] = central.stations();
  if (only !== undefined && another === undefined) return only.id;
  const message = only === undefined ? "No station is connected" : "Several stations are connected";
  throw new AppError("state.conflict", message, {
    hint: only === undefined ? `Connect one to ${central.url}.` : `Name one. ${whoIsThere(central)}`,
  });
}

function whoIsThere(central: Central): string {
  const ids = central.stations().map(({ id }) => id);
  return ids.length === 0 ? "No station is connected." : `Connected: ${ids.join(", ")}.`;
}
