import type { Book } from "../../central/index.ts";
import { printDone, printNotes, printRecords, withBook } from "../book.ts";
import { defineCommand } from "../command.ts";
import { theToken } from "../unknown.ts";

const list = defineCommand({
  describe: "Show the tokens that the simulated roaming hub knows",
  run: ({ settings, io }) =>
    withBook(settings, (book) => {
      printRecords(
        io,
        settings.config.json,
        book.roamingTokens(),
        { "hidden id": (t) => t.idToken, contract: (t) => t.contractId, provider: (t) => t.provider },
        "The roaming hub knows no tokens yet: tapstation roaming add --help",
      );
      return 0;
    }),
});

const addExamples = [
  ["tapstation roaming add 04C1D2E3F4A5B6 --contract NL-TNM-C12345678", "a contract of NL-TNM"],
  [
    'tapstation roaming add --last-unknown --contract NL-TNM-C12345678 --provider "The New Motion"',
    "the card that was just tapped",
  ],
] as const;

const add = defineCommand({
  describe: "Teach the roaming hub a token: its holder pays where the access mode allows roaming",
  positionals: { "hidden-id": { type: "string", describe: "What the station sends for the card" } },
  options: {
    "last-unknown": { type: "boolean", describe: "Take the card that was rejected as unknown last" },
    contract: {
      type: "string",
      nargs: 1,
      describe: "Contract (eMAID), for example NL-TNM-C12345678 (needed)",
    },
    provider: {
      type: "string",
      nargs: 1,
      describe: "Name of the card holder's provider, when it is not the one in the contract",
    },
  },
  examples: addExamples,
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const chosen = theToken(
        book,
        {
          given: args["hidden-id"],
          last: args["last-unknown"] === true,
          others: args.contract === undefined ? ["--contract"] : [],
        },
        {},
        io.now(),
      );
      const token = book.addRoaming({
        idToken: chosen.token,
        contractId: args.contract ?? "",
        ...(args.provider === undefined ? {} : { provider: args.provider }),
      });
      printDone(
        io,
        settings.config.json,
        `The roaming hub knows ${token.idToken} as ${token.contractId} of ${token.provider} now.`,
        token,
      );
      printNotes(io, [...chosen.notes, ...modeNotes(book)]);
      return 0;
    }),
});

/** A contract helps only where the access mode asks the roaming hub. */
const modeNotes = (book: Book): string[] =>
  book
    .locations()
    .filter((l) => !l.accessMode.startsWith("Roaming"))
    .map(
      (l) =>
        `The access mode of ${l.name} is ${l.accessMode}, which does not ask the roaming hub (tapstation access-mode).`,
    );

const remove = defineCommand({
  describe: "Let the roaming hub forget a token",
  positionals: { "hidden-id": { type: "string", describe: "What the station sends for the card" } },
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const token = book.removeRoaming(args["hidden-id"] ?? "");
      printDone(io, settings.config.json, `The roaming hub has forgotten ${token.idToken}.`, token);
      return 0;
    }),
});

export const command = {
  describe: "Tokens of the simulated roaming hub",
  examples: [["tapstation roaming list", "what the hub knows"], ...addExamples],
  subcommands: { list, "add [hidden-id]": add, "remove <hidden-id>": remove },
} as const;
