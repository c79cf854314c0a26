import net from "node:net";
import { answerOf, atrs, type CardScript } from "./vpcd-cards.ts";

/** vpcd's control bytes; only `getAtr` is answered (vsmartcard 3.3, vpcd.c). */
const GET_ATR = 4;

/** A card on vpcd's virtual reader: a connection is a card in the field, closing it takes the card away. */
export interface VpcdCard {
  /** APDUs that arrived, hex. */
  readonly apdus: readonly string[];
  remove(): Promise<void>;
}

/** Puts a card on the reader whose vpcd is reached through this Unix socket. */
export function presentCard(socket: string, script: CardScript): Promise<VpcdCard> {
  return new Promise((resolve, reject) => {
    const apdus: string[] = [];
    const connection = net.connect(socket);
    connection.once("error", reject);
    connection.once("connect", () => {
      connection.off("error", reject);
      connection.on("error", () => undefined);
      resolve({ apdus, remove: async () => void connection.destroy() });
    });
    let buffer = Buffer.alloc(0);
    connection.on("data", (data) => {
      buffer = Buffer.concat([buffer, data]);
      while (buffer.length >= 2 && buffer.length >= 2 + buffer.readUInt16BE(0)) {
        const size = 2 + buffer.readUInt16BE(0);
        const message = buffer.subarray(2, size);
        buffer = buffer.subarray(size);
        const answer = answerTo(script, message, apdus);
        if (answer !== undefined) connection.write(frame(answer));
      }
    });
  });
}

function answerTo(script: CardScript, message: Buffer, apdus: string[]): Buffer | undefined {
  if (message.length === 1) return message[0] === GET_ATR ? atrs[script.kind ?? "classic1k"] : undefined;
  apdus.push(message.toString("hex").toUpperCase());
  return answerOf(script, message);
}

function frame(payload: Buffer): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(payload.length);
  return Buffer.concat([head, payload]);
}
