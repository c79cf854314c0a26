import type { Journal } from "../journal/types.ts";
import type { StationControl } from "../station/control.ts";
import type { Fact, FactSink } from "../station/facts.ts";
import type { AppError } from "../util/errors.ts";
import type { Config } from "./config.ts";

/** What a person is told about a station that has just been started. */
export interface StationSummary {
  readonly id: string;
  /** The OCPP versions that are offered, best first, for example "1.6, 2.0.1". */
  readonly ocpp: string;
  readonly model: string;
  /** Where the station connects to, without secrets. */
  readonly csms: string;
  /** Is that the central system inside this process? */
  readonly builtIn: boolean;
  /** Where the built-in central system offers files. */
  readonly files?: string;
  /** The readers in use, and why these. */
  readonly readers: readonly { readonly name: string; readonly why: string }[];
  readonly buzzers: readonly string[];
  /** What is good to know: what this machine lacks and the command that adds it, where a file is; one sentence each. */
  readonly notes: readonly string[];
  /** The directory that holds journal and databases. */
  readonly data: string;
}

/** A station that stands: everything that a face (terminal, control lines, library) needs of it. */
export interface RunningStation {
  readonly control: StationControl;
  readonly journal: Journal;
  readonly summary: StationSummary;
  /** UID of a card that the built-in central system knows, for a first tap that is accepted. */
  readonly knownCard?: string;
  /** Every fact from now on, of the station and of the built-in central system. Call the result to stop. */
  onFact(listener: (fact: Fact) => void): () => void;
  /** Resolves when everything is closed; rejects with an AppError when the station cannot go on. */
  readonly stopped: Promise<void>;
  /** Closes everything in reverse order; may be called more than once. */
  stop(): Promise<void>;
}

/**
 * Puts a station up. Rejects with an AppError that carries the exit code (device, CSMS, configuration). `hear` gets
 * every fact from the very first one on, before and after the promise resolves; `tell` what goes wrong beside the
 * station while it runs.
 */
export type StartStation = (
  config: Config,
  hear?: FactSink,
  tell?: (problem: AppError) => void,
) => Promise<RunningStation>;
