/** Something in the way, and the command or deed that mends it. */
export interface Problem {
  readonly what: string;
  readonly mend: string;
  /** What is to be done after that. */
  readonly next?: string;
}

/** A definition that fits, how well (of 100), and by what. */
export interface Rung {
  readonly definition: string;
  readonly name: string;
  readonly score: number;
  readonly why: string;
}

/** A device that is a reader, or may be one. */
export interface Finding {
  readonly kind: "pcsc" | "serial" | "keyboard";
  readonly name: string;
  /** A PC/SC name, a device path, or a place on the USB bus. */
  readonly where: string;
  /** `ready`: used as it is. `undecided`: it can be opened, but nothing says which reader it is. `blocked`: see the problems. */
  readonly state: "ready" | "undecided" | "blocked";
  /** What fits, the best first. */
  readonly matches: readonly Rung[];
  /** How it is named to `tapstation start`. */
  readonly use?: string;
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

/** What was found out about a machine. */
export interface Survey {
  readonly findings: readonly Finding[];
  /** What is so about the machine as a whole. */
  readonly remarks: readonly string[];
}
