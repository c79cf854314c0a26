import { type Book, type Card, supportsWhitelisting } from "../../central/index.ts";
import {
  ofOrganization,
  organizationOption,
  printDone,
  printNotes,
  printRecords,
  withBook,
} from "../book.ts";
import { defineCommand } from "../command.ts";
import { ownerOf } from "../owner.ts";
import { printUnknown, theToken } from "../unknown.ts";
import { exportCommand } from "./cards-export.ts";
import { importCommand } from "./cards-import.ts";
import { why } from "./cards-why.ts";

const hiddenId = {
  "hidden-id": {
    type: "string",
    describe: "Hidden ID: what the station sends for the card, for example 04A2241BC85E80",
  },
} as const;

const whichCard = {
  card: { type: "string", describe: "Hidden ID, visible ID or nickname" },
} as const;

const list = defineCommand({
  describe: "Show the cards on the whitelist",
  options: organizationOption,
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const cards = book.cards(ofOrganization(args.organization));
      printRecords(
        io,
        settings.config.json,
        cards,
        columns,
        "There are no cards yet: tapstation cards add --help",
      );
      return 0;
    }),
});

const columns: Record<string, (c: Card) => string | undefined> = {
  "hidden id": (c) => c.hiddenId,
  "visible id": (c) => c.visibleId ?? "-",
  nickname: (c) => c.nickname,
  user: (c) => `${c.user} <${c.email}>`,
  state: (c) => (c.blocked ? "blocked" : c.expiry === undefined ? "valid" : `valid until ${c.expiry}`),
};

const add = defineCommand({
  describe:
    "Give a card to a user: it is whitelisted from the next tap on.\nA user who is not there yet is added with the name and e-mail address given.",
  positionals: hiddenId,
  options: {
    "last-unknown": { type: "boolean", describe: "Take the card that was rejected as unknown last" },
    user: {
      type: "string",
      nargs: 1,
      describe: "Whose card: first and last name, or e-mail address (needed)",
    },
    email: { type: "string", nargs: 1, describe: "E-mail address, for a user who is not there yet" },
    nickname: { type: "string", nargs: 1, describe: "What the card is called" },
    "visible-id": {
      type: "string",
      nargs: 1,
      describe: "Number printed on the card, for example NL-TNM-B12345-6",
    },
    force: {
      type: "boolean",
      describe: "Take the Hidden ID exactly as it is written, also when it does not look like one",
    },
    expiry: { type: "string", nargs: 1, describe: "Until when, for example 2030-12-31T23:59:59Z" },
    ...organizationOption,
  },
  examples: [
    ['tapstation cards add --last-unknown --user "Ann Smith"', "the card that was just tapped"],
    [
      'tapstation cards add 04A2241BC85E80 --user "Ann Smith" --email ann@example.com --nickname "Blue card"',
      "",
    ],
  ],
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const of = ofOrganization(args.organization);
      const chosen = theToken(
        book,
        {
          given: args["hidden-id"],
          last: args["last-unknown"] === true,
          others: args.user === undefined ? ["--user"] : [],
        },
        of,
        io.now(),
      );
      // A card that is refused must not leave a new user behind.
      const { owner, card, notes } = book.atomically(() => {
        const owner = ownerOf(book, args.user ?? "", args.email, of);
        const added = book.addCard({
          hiddenId: chosen.token,
          nickname: args.nickname ?? `${owner.user.firstName}'s card`,
          user: owner.user.email,
          organization: owner.user.organization,
          ...(args["visible-id"] === undefined ? {} : { visibleId: args["visible-id"] }),
          force: args.force === true,
          ...(args.expiry === undefined ? {} : { expiry: args.expiry }),
        });
        return { owner, ...added };
      });
      printDone(
        io,
        settings.config.json,
        `Card ${card.hiddenId} "${card.nickname}" is ${card.user}'s now.`,
        card,
      );
      printNotes(io, [...chosen.notes, ...owner.notes, ...notes, ...modeNotes(book)]);
      return 0;
    }),
});

/** A whitelisted card helps only where the access mode supports whitelisting. */
function modeNotes(book: Book): string[] {
  return book
    .locations()
    .filter((l) => !supportsWhitelisting(l.accessMode))
    .map(
      (l) =>
        `The access mode of ${l.name} is ${l.accessMode}, which does not look at the whitelist (tapstation access-mode).`,
    );
}

const remove = defineCommand({
  describe: "Take a card off the whitelist",
  positionals: whichCard,
  options: organizationOption,
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const card = book.removeCard(given(args.card), ofOrganization(args.organization));
      printDone(
        io,
        settings.config.json,
        `Card ${card.hiddenId} "${card.nickname}" of ${card.user} is off the whitelist.`,
        card,
      );
      return 0;
    }),
});

function blocking(blocked: boolean) {
  const describe = blocked ? "Block a card: it is rejected as Blocked" : "Make a blocked card valid again";
  return defineCommand({
    describe,
    positionals: whichCard,
    options: organizationOption,
    run: ({ args, settings, io }) =>
      withBook(settings, (book) => {
        const card = book.blockCard(given(args.card), {
          ...ofOrganization(args.organization),
          blocked,
        });
        printDone(
          io,
          settings.config.json,
          `Card ${card.hiddenId} "${card.nickname}" is ${blocked ? "blocked" : "valid"}.`,
          card,
        );
        return 0;
      }),
  });
}

/** yargs has made sure that `<card>` is there. */
const given = (id: string | undefined): string => id ?? "";

const unknown = defineCommand({
  describe: "Show cards that were offered and that nobody knows, the latest first",
  options: organizationOption,
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      printUnknown(io, settings.config.json, book.unknownTokens(ofOrganization(args.organization)));
      return 0;
    }),
});

export const command = {
  describe: "Cards of the built-in central system: who may charge",
  examples: [
    ["tapstation cards unknown", "which cards were rejected"],
    ['tapstation cards block "Blue card"', "by nickname, visible ID or Hidden ID"],
    ['tapstation cards add --last-unknown --user "Ann Smith"', "whitelist the one that was just tapped"],
  ],
  subcommands: {
    list,
    "add [hidden-id]": add,
    "remove <card>": remove,
    "block <card>": blocking(true),
    "unblock <card>": blocking(false),
    unknown,
    "why [text..]": why,
    "import <file>": importCommand,
    export: exportCommand,
  },
} as const;
