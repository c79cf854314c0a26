import { CardUid } from "../../../station/card.ts";
import { AppError } from "../../../util/errors.ts";
import type { Link, Message, PolledCard, Protocol } from "./link.ts";
import { ACK, NACK, Pn532Decoder, pn532Frame } from "./pn532-frame.ts";

/** The acknowledgement comes within 15 ms (PN532 user manual); USB adapters hold bytes back for as long again. */
const ACK_WITHIN_MS = 100;
const ANSWER_WITHIN_MS = 1000;
/** How often a command is sent before the reader counts as silent. */
const TRIES = 3;

/** Leaves low power: two bytes that wake it, and time until it listens (`55 55` and 14 times `00`). */
const WAKE_UP = Uint8Array.of(0x55, 0x55, ...Array.from({ length: 14 }, () => 0x00));

const command = {
  firmware: [0x02],
  /** Normal mode without a security module, no timeout, interrupt line used. */
  samConfiguration: [0x14, 0x01, 0x00, 0x01],
  /** Item 5, retries: of ATR_REQ and PSL as they were, of the search for a card two: without them it never answers. */
  retries: [0x32, 0x05, 0xff, 0x01, 0x02],
  /** Item 1: the field off, so that a card that stays is found anew. */
  fieldOff: [0x32, 0x01, 0x00],
  /** Up to two targets, 106 kbit/s type A. */
  listTargets: [0x4a, 0x02, 0x00],
  release: [0x52, 0x00],
} as const;

/** SEL_RES bit 6: the card speaks ISO 14443-4, and its answer to select stands behind the UID. */
const HAS_ATS = 0x20;

/** NXP AN10833: what SEL_RES says about the card. */
const cardTypes: Readonly<Record<number, string>> = {
  8: "MIFARE Classic 1K",
  24: "MIFARE Classic 4K",
  9: "MIFARE Mini",
  0: "MIFARE Ultralight or NTAG21x",
};

/** NXP PN532 over its high speed UART. */
export const pn532: Protocol = {
  decoder: () => new Pn532Decoder(),

  async connect(link) {
    link.send(WAKE_UP);
    await ask(link, command.samConfiguration);
    const [ic = 0, version = 0, revision = 0] = await ask(link, command.firmware);
    await ask(link, command.retries);
    return `PN5${ic.toString(16)} firmware ${version}.${revision}`;
  },

  async poll(link) {
    const cards = targetsOf(await ask(link, command.listTargets));
    if (cards.length > 0) await ask(link, command.release);
    await ask(link, command.fieldOff);
    return cards;
  },
};

/**
 * Sends a command and gives the data behind its answer's code.
 * @throws AppError `device.unavailable` when nothing that answers it comes
 */
async function ask(link: Link, bytes: readonly number[]): Promise<Uint8Array> {
  const [code = 0] = bytes;
  let why = "no answer";
  for (let tries = 0; tries < TRIES; tries++) {
    link.send(pn532Frame(Uint8Array.from(bytes)));
    const acknowledged = await link.next(ACK_WITHIN_MS);
    if (acknowledged?.kind !== "ack") {
      why = tellOf(acknowledged) ?? why;
      continue;
    }
    let answer = await link.next(ANSWER_WITHIN_MS);
    if (answer?.kind === "damaged") {
      link.send(NACK);
      answer = await link.next(ANSWER_WITHIN_MS);
    }
    if (answer?.kind === "data" && answer.bytes[0] === code + 1) return answer.bytes.subarray(1);
    why = tellOf(answer) ?? why;
    // An ACK of ours makes it give up what it still does.
    link.send(ACK);
  }
  throw new AppError("device.unavailable", `The PN532 does not answer as one: ${why}`, {
    hint: "Set its switches to HSU (UART), check that TX and RX are crossed, and plug it out and in.",
  });
}

function tellOf(message: Message | undefined): string | undefined {
  if (message === undefined) return undefined;
  return message.kind === "damaged" ? message.why : `an unexpected ${message.kind}`;
}

/** The targets of an InListPassiveTarget answer: `nb (tg SENS(2) SEL len UID… [ATS])…`. What is cut short is left out. */
export function targetsOf(answer: Uint8Array): PolledCard[] {
  const cards: PolledCard[] = [];
  const [count = 0] = answer;
  let at = 1;
  for (let i = 0; i < count && at + 5 <= answer.length; i++) {
    const selected = answer[at + 3] ?? 0;
    const length = answer[at + 4] ?? 0;
    const uid = answer.slice(at + 5, at + 5 + length);
    at += 5 + length;
    if ((selected & HAS_ATS) !== 0) at += answer[at] ?? 0;
    if (uid.length !== length || ![4, 7, 10].includes(length)) break;
    const cardType = (selected & HAS_ATS) !== 0 ? "ISO 14443-4 card or phone" : cardTypes[selected];
    cards.push({
      uid: CardUid.of(uid),
      technology: "ISO14443",
      ...(cardType === undefined ? {} : { cardType }),
    });
  }
  return cards;
}
