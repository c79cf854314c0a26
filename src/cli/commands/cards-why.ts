import { GUESS, type Recognised } from "../../app/recognise.ts";
import { looksVisible } from "../../central/emaid.ts";
import type { StationDefinition } from "../../drivers/definitions.ts";
import { type CardUid, idTokenOf } from "../../station/card.ts";
import { readings } from "../../station/spellings.ts";
import { AppError } from "../../util/errors.ts";
import { wrap } from "../../util/text.ts";
import { defineCommand } from "../command.ts";
import { clean, print, printJson } from "../io.ts";
import { VISIBLE_ID_HINT } from "../visible-id.ts";

/** How many cards are shown at most: a text of six digits may be the end of many. */
const SHOWN = 5;
const COLUMNS = 100;

export const why = defineCommand({
  describe:
    "Say which known card a text means, and what to store instead: reversed, decimal, cut, padded, with a checksum,\na character off, or the number printed on it. Known are whitelist, list, cache and tapped cards.",
  settings: ["id", "model"],
  positionals: {
    text: { type: "string", array: true, describe: "Whatever stands on the list, the card or the screen" },
  },
  examples: [
    ["tapstation cards why 805EC81B24A204", "the bytes are reversed"],
    ["tapstation cards why NL-TNM-B12345-6", "that is printed on the card"],
  ],
  epilogue: "Exit code 1: no known card has anything to do with it.",
  async run({ args, settings, io }) {
    const text = (args.text ?? []).join(" ").trim();
    if (text === "")
      throw new AppError("usage", "A text is missing", { hint: "tapstation cards why 805EC81B24A204" });
    const { stationModel } = await import("../../app/own-definitions.ts");
    const model = await stationModel(settings.config);
    const { knownCards } = await import("../../app/known-cards.ts");
    const { recognise } = await import("../../app/recognise.ts");
    const sends = (uid: CardUid): string => idTokenOf(uid, model.idToken, Number.POSITIVE_INFINITY).idToken;
    const found = recognise(text, await knownCards(settings.config, model), sends);
    const width = io.stdout.columns ?? COLUMNS;
    if (settings.config.json) for (const one of found) printJson(io, { text, ...one });
    else if (found.length > 0)
      print(io, ...found.slice(0, SHOWN).flatMap((one) => lines(text, one, width)), ...more(found));
    if (found.length > 0) return 0;
    for (const line of nothing(text, model, sends)) io.stderr.write(`${line}\n`);
    return 1;
  },
});

function lines(text: string, { card, how, rank, store, sent }: Recognised, width: number): string[] {
  const { nickname, user, token, where } = card;
  const of = user === undefined ? "" : ` of ${clean(user)}`;
  const same = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase();
  const instead = same(store, token) ? "" : ` instead of ${clean(token)}`;
  const advice =
    same(store, text) && same(store, token) ? "it is right as it is" : `store ${clean(store)}${instead}`;
  return [
    `${clean(token)}${nickname === undefined ? "" : ` "${clean(nickname)}"${of}`}`,
    `  ${rank >= GUESS ? "perhaps: " : ""}"${clean(text)}" ${how}`,
    `  known from ${where.map(clean).join(", ")}`,
    `  ${advice}: that is what the station ${sent ? "sent" : `model sends`}`,
  ].flatMap((line) => wrap(line, width, 4));
}

const more = (found: readonly Recognised[]): string[] =>
  found.length > SHOWN ? [`… and ${found.length - SHOWN} more; --json shows all.`] : [];

/** Nobody knows it: what it could be by its form. */
function nothing(text: string, model: StationDefinition, sends: (uid: CardUid) => string): string[] {
  const shown = `"${clean(text)}"`;
  const said = [`No known card has anything to do with ${shown}.`];
  if (looksVisible(text)) said.push(VISIBLE_ID_HINT);
  const all = readings(text);
  const could = all.filter((one, i) => all.findIndex((other) => other.uid.equals(one.uid)) === i);
  for (const { spelling, uid } of could.slice(0, SHOWN))
    said.push(`  It could be the UID ${uid.hex} as ${spelling.what}; ${model.id} sends ${sends(uid)}.`);
  said.push("Hold the card to the reader to be sure: tapstation tap");
  return said;
}
