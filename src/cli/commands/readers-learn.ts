import { existsSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { loadOwnDefinitions } from "../../app/own-definitions.ts";
import { ensureDataDir } from "../../app/paths.ts";
import { definitionYaml, learnReader } from "../../drivers/readers/learn.ts";
import { listPorts } from "../../drivers/readers/serial/detect.ts";
import { makeDirectory } from "../../store/directory.ts";
import { systemClock } from "../../util/clock.ts";
import { AppError, errorText } from "../../util/errors.ts";
import { defineCommand } from "../command.ts";
import { clean, print, printJson } from "../io.ts";
import { KnownCards } from "../readers/cards.ts";

const DEFAULT_ID = "my-reader";

/** Serial readers that nobody has described: known cards show how they spell UIDs. */
export const learn = defineCommand({
  describe:
    "Learn how an unknown serial reader spells UIDs, from two or more cards whose UIDs are known,\nand write a definition for it.",
  positionals: {
    device: { type: "string", demandOption: true, describe: "The serial port, as /dev/ttyUSB0" },
  },
  options: {
    uid: {
      type: "string",
      array: true,
      nargs: 1,
      requiresArg: true,
      describe: "UID of a known card; repeat for each. Asked for when absent",
    },
    as: {
      type: "string",
      nargs: 1,
      requiresArg: true,
      default: DEFAULT_ID,
      describe: "Id of the definition",
    },
    name: { type: "string", nargs: 1, requiresArg: true, describe: "What the reader is called" },
    baud: { type: "string", nargs: 1, requiresArg: true, describe: "Line speed, when it is known" },
    beeps: { type: "boolean", describe: "The reader beeps at cards by itself" },
  },
  examples: [
    ["tapstation readers learn /dev/ttyUSB0", "asks for the UIDs of the cards"],
    [
      "tapstation readers learn /dev/ttyUSB0 --uid 04A2241BC85E80 --uid 6B3D12D6 --as door-reader",
      "hold the first card to the reader, then the second",
    ],
  ],
  epilogue:
    "A card's UID: tap it on another reader (tapstation tap), or look it up with a phone's NFC app.\nExit codes: 0 learnt · 2 the cards did not prove one way of reading · 3 the port cannot be used.",
  async run({ args, settings, io }) {
    const { as: id } = args;
    const data = settings.config.data;
    const known = await loadOwnDefinitions(data);
    if (known.readers.has(id)) throw taken(id);
    const cards = new KnownCards(io, args.uid ?? []);
    try {
      const learned = await learnReader({
        path: args.device,
        clock: systemClock,
        nextCard: (nth) => cards.next(nth),
        tell: (text) => io.stderr.write(`${clean(text)}\n`),
        signal: io.signal,
        ...(args.baud === undefined ? {} : { baudRate: speedOf(args.baud) }),
      });
      const ports = await listPorts().catch(() => []);
      const { definition, yaml } = definitionYaml(learned.reading, {
        ...learned,
        id,
        name: args.name ?? `Learnt reader ${id}`,
        beepsBySelf: args.beeps === true,
        port: ports.find(({ path }) => path === args.device),
      });
      const file = save(data, id, yaml);
      // What stands there now must load beside all others.
      await loadOwnDefinitions(data);
      if (settings.config.json) printJson(io, { file, definition });
      else print(io, ...yaml.trimEnd().split("\n"));
      const near = relative(io.cwd, file);
      io.stderr.write(
        `Written to ${near.startsWith("..") ? file : near}. Use it: tapstation start --reader 'serial:${args.device}?definition=${id}'\n`,
      );
      return 0;
    } finally {
      cards.close();
    }
  },
});

function speedOf(text: string): number {
  const speed = Number(text);
  if (Number.isInteger(speed) && speed >= 300 && speed <= 4_000_000) return speed;
  throw new AppError("usage", `"${text}" is not a line speed in baud`, { hint: "For example --baud 9600." });
}

function save(data: string, id: string, yaml: string): string {
  const folder = join(ensureDataDir(data).devices, "readers");
  const file = join(folder, `${id}.yaml`);
  if (existsSync(file)) throw taken(id);
  try {
    makeDirectory(folder);
    writeFileSync(file, yaml, { flag: "wx" });
  } catch (cause) {
    throw new AppError("store.writeFailed", `${file} cannot be written: ${errorText(cause)}`, {
      hint: "Give a directory that you may write to with --data DIR.",
      cause,
    });
  }
  return file;
}

function taken(id: string): AppError {
  return new AppError("usage", `There is a reader definition "${id}" already`, {
    hint: "Give the new one another id: --as door-reader",
  });
}
