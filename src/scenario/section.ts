/** A part of the reference: a kind of step, the head of a scenario, or what steps have in common. */
export interface Section {
  readonly name: string;
  readonly isStep: boolean;
  /** In one line. */
  readonly describe: string;
  readonly notes: readonly string[];
  readonly members: readonly Member[];
  /** YAML: lists of steps, or whole scenarios but for their name. */
  readonly examples: readonly string[];
  /** Files beside the scenario that the examples name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Member {
  /** With dots where it stands within another; `[]` stands for each item of a list. */
  readonly name: string;
  /** What is written there: words to choose from, an example, or what kind of value it is. */
  readonly value: string;
  readonly meaning: string;
  readonly required: boolean;
}
