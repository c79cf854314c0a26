import { ofOrganization, organizationOption, printDone, printRecords, withBook } from "../book.ts";
import { defineCommand } from "../command.ts";

const list = defineCommand({
  describe: "Show the users",
  options: organizationOption,
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      printRecords(
        io,
        settings.config.json,
        book.users(ofOrganization(args.organization)),
        {
          name: (u) => `${u.firstName} ${u.lastName}`,
          "e-mail": (u) => u.email,
          role: (u) => u.role,
          organization: (u) => u.organization,
        },
        "There are no users yet: tapstation users add --help",
      );
      return 0;
    }),
});

const add = defineCommand({
  describe: "Add a user",
  positionals: {
    "first-name": { type: "string", describe: "First name" },
    "last-name": { type: "string", describe: "Last name" },
  },
  options: {
    email: { type: "string", nargs: 1, demandOption: true, describe: "E-mail address" },
    role: {
      type: "string",
      nargs: 1,
      default: "cardholder",
      describe: "cardholder or administrator",
    },
    ...organizationOption,
  },
  examples: [["tapstation users add Ann Smith --email ann@example.com", ""]],
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const user = book.addUser({
        firstName: args["first-name"] ?? "",
        lastName: args["last-name"] ?? "",
        email: args.email,
        role: args.role,
        ...ofOrganization(args.organization),
      });
      const sentence = `${user.firstName} ${user.lastName} <${user.email}> is a user of ${user.organization} now.`;
      printDone(io, settings.config.json, sentence, user);
      return 0;
    }),
});

const remove = defineCommand({
  describe: "Remove a user who has no cards (any more)",
  positionals: { user: { type: "string", describe: "E-mail address, or first and last name" } },
  options: organizationOption,
  examples: [
    ["tapstation users remove ann@example.com", ""],
    ['tapstation users remove "Ann Smith"', ""],
  ],
  run: ({ args, settings, io }) =>
    withBook(settings, (book) => {
      const user = book.removeUser(args.user ?? "", ofOrganization(args.organization));
      const sentence = `${user.firstName} ${user.lastName} <${user.email}> is no longer a user of ${user.organization}.`;
      printDone(io, settings.config.json, sentence, user);
      return 0;
    }),
});

export const command = {
  describe: "Users of the built-in central system",
  examples: [
    ["tapstation users list", "who is there"],
    ["tapstation users add Ann Smith --email ann@example.com", "a new cardholder"],
    ["tapstation users remove ann@example.com", "a user without cards"],
  ],
  subcommands: { list, "add <first-name> <last-name>": add, "remove <user>": remove },
} as const;
