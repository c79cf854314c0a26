import type { Command } from "../command.ts";

/** A command before it is needed: only the one that is called gets loaded. */
export interface CommandEntry {
  /** Name and positional arguments; must begin with the key in the table. */
  readonly usage?: string;
  readonly describe: string;
  load(): Promise<Command>;
}

/** Every command of the program, in the order of the help. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  start: {
    describe: "Put a station up: tap cards, plug cars, talk OCPP to a central system",
    load: async () => (await import("./start.ts")).command,
  },
  central: {
    describe: "Put the built-in central system up alone, for stations of other processes",
    load: async () => (await import("./central.ts")).command,
  },
  run: {
    usage: "run <paths..>",
    describe: "Run scenarios and say which passed",
    load: async () => (await import("./run.ts")).command,
  },
  steps: {
    usage: "steps [name]",
    describe: "Show how the steps of scenarios are written",
    load: async () => (await import("./steps.ts")).command,
  },
  record: {
    usage: "record <file>",
    describe: "As start, and write a scenario of everything that is done",
    load: async () => (await import("./record.ts")).command,
  },
  tap: {
    usage: "tap [uid..]",
    describe: "Read a card and show its Hidden ID, in every spelling",
    load: async () => (await import("./tap.ts")).command,
  },
  explain: {
    usage: "explain [card]",
    describe: "Explain why a card is accepted or refused, and what would change that",
    load: async () => (await import("./explain.ts")).command,
  },
  readers: {
    describe: "Find out which readers are plugged in, and what is in their way",
    load: async () => (await import("./readers.ts")).command,
  },
  log: {
    describe: "Show what happened: messages with time, direction, idTag and answer",
    load: async () => (await import("./log.ts")).command,
  },
  cards: {
    describe: "Cards of the built-in central system: who may charge",
    load: async () => (await import("./cards.ts")).command,
  },
  users: {
    describe: "Users of the built-in central system",
    load: async () => (await import("./users.ts")).command,
  },
  "access-mode": {
    usage: "access-mode [mode..]",
    describe: "Show or set who may charge at a location or station",
    load: async () => (await import("./access-mode.ts")).command,
  },
  roaming: {
    describe: "Tokens of the simulated roaming hub",
    load: async () => (await import("./roaming.ts")).command,
  },
  replay: {
    usage: "replay <file>",
    describe: "Compare another central system's answers with those of a log",
    load: async () => (await import("./replay.ts")).command,
  },
  config: {
    describe: "Show the merged settings and where each comes from",
    load: async () => (await import("./config.ts")).command,
  },
  version: {
    describe: "Show the version",
    load: async () => (await import("./version.ts")).command,
  },
};
