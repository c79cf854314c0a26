import type { JournalEntry } from "../journal/types.ts";
import type { Bench } from "./bench.ts";
import type { Difference } from "./match.ts";
import type { PayloadSchema } from "./payload-schema.ts";
import type { Secrets } from "./secrets.ts";
import type { TypedPlace } from "./suited.ts";
import type { Vars } from "./template.ts";
import type { Came, Position } from "./types.ts";

/** The part of JSON Schema that steps are described in. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly $ref?: string;
}

/** A step as it stands in its file. */
export interface Step {
  /** The key that names it. */
  readonly kind: string;
  /** Its value, without the steps within it. */
  readonly value: unknown;
  /** The steps within it. */
  readonly blocks: readonly Block[];
  /** Only in this OCPP version. */
  readonly ocpp?: string;
  readonly at: Position;
  readonly endLine: number;
  /** As written, its indentation taken away. */
  readonly text: string;
  /** Where something within its value, as it is for an OCPP version, stands. */
  place(path: readonly string[], ocpp: string): Position;
}

/** A list of steps within a step. */
export interface Block {
  readonly steps: readonly Step[];
}

/**
 * What a step cannot do without: the built-in central system, virtual time, the virtual reader, a person at the
 * terminal, the leave to run programs.
 */
export type Need = "central" | "virtualTime" | "virtualReader" | "person" | "shell";

/** What is known when a file is read: words that can be mistyped. */
export interface Known {
  /** OCPP versions. */
  readonly versions: readonly string[];
  /** The version that a step is read for. */
  readonly ocpp: string;
  /** OCPP's actions, by version. */
  readonly actionsOf: (ocpp: string) => readonly string[];
  /** Who may send an action as a request. */
  readonly sendersOf: (action: string) => readonly ("station" | "csms")[];
  /** The official schema of a message; undefined for one that the version does not have. */
  readonly schemaOf: (
    ocpp: string,
    action: string,
    kind: "request" | "response",
  ) => PayloadSchema | undefined;
  /** Why a payload does not fit it, without the value; undefined: it does. */
  readonly misfit: (
    ocpp: string,
    action: string,
    kind: "request" | "response",
    payload: unknown,
  ) => string | undefined;
  /** Names of settings, 1.6 keys and 2.0.1 variables. */
  readonly settings: readonly string[];
  /** Why a setting cannot have a value, without the value; undefined: it can. */
  readonly settingProblem: (name: string, value: string) => string | undefined;
  /** What a station that has none shows its central system. */
  readonly password?: string;
  /** How many EVSEs a station model has; absent: the one that is played by default. @throws AppError for none */
  readonly evsesOf: (model?: string) => number;
  /** How many the station has; absent or undefined where that shows only when it stands. */
  readonly evses?: () => number | undefined;
}

/** One kind of step: how it is written, and what it does. */
export interface StepKind<T = unknown> {
  /** What it does, in one line: help, schema and documentation. */
  readonly describe: string;
  /** What else is to be known, for the reference. */
  readonly notes?: readonly string[];
  /** Of its value. */
  readonly schema: Schema;
  /**
   * YAML as people write it, the plainest first, in all forms that there are: a list of steps, or `steps:` with what
   * it needs of a scenario's head. Each is run by a test, and shown in the reference and in messages.
   */
  readonly examples: readonly string[];
  /** Files beside the scenario that the examples name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Where its value holds lists of steps, as paths. */
  readonly blocks?: (value: unknown) => readonly (readonly (string | number)[])[];
  /**
   * The step in one line, where its value alone does not read like one; variables are filled in as far as they are there.
   * `directory`: where its files are looked for. What it throws means: as it is written.
   */
  readonly title?: (value: unknown, directory: string) => string;
  /** It only looks: what it looks at began with the last step that did something. */
  readonly looks?: boolean;
  readonly needs?: (value: T) => readonly Need[];
  /** Where its value holds something whose members have kinds that a variable takes; see {@link TypedPlace}. */
  readonly typed?: (value: unknown, known: Known) => readonly TypedPlace[];
  /** Understands a value that fits the schema and has its variables filled in. @throws StepProblem */
  readonly parse: (value: unknown, known: Known) => T;
  readonly run: (value: T, at: Running) => Promise<void>;
}

/** A step while it runs. */
export interface Running {
  readonly bench: Bench;
  readonly step: Step;
  readonly ocpp: string;
  /** Of the scenario: not to be told. */
  readonly secrets: Secrets;
  readonly vars: Vars;
  readonly known: Known;
  /** The last fact before the last step that did something. */
  readonly sinceSeq: number;
  /** Defines a variable for the steps that follow. */
  define(name: string, value: unknown): void;
  /** Lets scenario time pass. @throws when the part that it is in (steps, tear-down) ends before, as `hear` */
  sleep(ms: number): Promise<void>;
  /** Waits so long at most for a fact from now on that `see` takes: true when it came. */
  hear(ms: number, see: (fact: JournalEntry) => boolean): Promise<boolean>;
  /** Runs the steps within. */
  block(block: Block, o: BlockOptions): Promise<void>;
  /** How long an expectation waits when it does not say, ms. */
  readonly patienceMs: number;
  /** Where included files, CSV files and programs are looked for. */
  readonly directory: string;
  /** Waits for something that no clock of ours drives (a program); the signal says that it is given up. */
  outside<T>(start: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Asks a person to do something; resolves when it is said to be done. */
  ask(text: string, done?: AbortSignal): Promise<void>;
}

/** How the steps within a step are run. */
export interface BlockOptions {
  /** What a failure among them says about it; `place` is where this step stands: "line 12", "x.yaml:12". */
  readonly where: (place: string) => string;
  /** Stands in their paths. */
  readonly round?: number;
  /** Stands in their paths; they run beside others. */
  readonly branch?: number;
  /** Theirs alone. */
  readonly vars?: Vars;
}

/** What a step that did not hold tells; see Failure. */
export interface FailureParts {
  readonly hint?: string;
  readonly expected?: string;
  readonly nearest?: JournalEntry;
  readonly came?: Came;
  readonly differences?: readonly Difference[];
}

/** An expectation did not hold. */
export class StepFailure extends Error {
  readonly parts: FailureParts;

  constructor(message: string, parts: FailureParts = {}) {
    super(message);
    this.name = "StepFailure";
    this.parts = parts;
  }
}

/** The step cannot be done here and the scenario goes on without it. */
export class StepSkipped extends Error {}

/** Gives a kind of step its type. */
export function defineStep<T>(kind: StepKind<T>): StepKind {
  return kind as StepKind;
}
