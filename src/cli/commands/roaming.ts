import { printDone, printRecords, withBook } from "../book.ts";
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

const add = defineCommand({
  describe: "Teach the roaming hub a token: its holder pays where the access mode allows roaming",
  positionals: { "hidden-id": { type: "string", describe: "What the station sends for the card" } },
  options: {
    "last-unknown": { type: "boolean", describe: "Take the card that was rejected as unknown last" },
    contract: {
      type: "string",
      nargs: 1,
      demandOption: true,
      describe: "Contract (eMAID), for example NL-TNM-C12345678",
    },
    provider: {
      type: "string",
      nargs: 1,
      demandOption: true,
      describe: "Name of the card holder's provider",
    },
  },
  examples: [["tapstation roaming add --last-unknown --contract NL-TNM-C12345678 --provider TNM", ""]],
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const idToken = theToken(book, args["hidden-id"], args["last-unknown"] === true, {});
      const token = book.addRoaming({ idToken, contractId: args.contract, provider: args.provider });
      printDone(
        io,
        settings.config.json,
        `The roaming hub knows ${token.idToken} as ${token.contractId} of ${token.provider} now.`,
        token,
      );
      return 0;
    }),
});

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
  subcommands: { list, "add [hidden-id]": add, "remove <hidden-id>": remove },
} as const;
