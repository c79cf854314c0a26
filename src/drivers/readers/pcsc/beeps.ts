import { type Definitions, definitionOf, type PcscReaderDefinition } from "../../definitions.ts";

/** What is heard at a card, and whether that can be helped. */
export function beepNote(reader: PcscReaderDefinition, definitions: Definitions): string {
  const own = reader.buzzer === undefined ? undefined : definitionOf(definitions, "buzzers", reader.buzzer);
  if (!reader.beepsBySelf) {
    return own === undefined
      ? "no buzzer in it that can be commanded: --buzzer wav or bell"
      : "signals sound on it";
  }
  if (own === undefined) return "it beeps at cards by itself, and no command mutes it";
  return own.driver === "reader" && (own.commands.setup ?? []).length > 0
    ? "its own beep is muted while the station runs; signals sound on it"
    : "it beeps at cards by itself: muting is a setting stored in it, which is left alone; other signals sound on it";
}
