/** The part of nfc-pcsc 0.8 and of @pokusew/pcsclite 0.6 below it that the PC/SC driver uses; they bring no types. */
declare module "nfc-pcsc" {
  import type { EventEmitter } from "node:events";

  /** @pokusew/pcsclite's CardReader. */
  export interface PcscliteReader extends EventEmitter {
    readonly name: string;
    connected: boolean;
    readonly SCARD_SHARE_DIRECT: number;
    readonly SCARD_LEAVE_CARD: number;
    readonly SCARD_RESET_CARD: number;
    readonly IOCTL_CCID_ESCAPE: number;
    connect(
      options: { share_mode: number; protocol: number },
      done: (error: Error | null | undefined, protocol?: number) => void,
    ): void;
    disconnect(disposition: number, done: (error: Error | null | undefined) => void): void;
    control(
      data: Buffer,
      code: number,
      maxAnswer: number,
      done: (error: Error | null | undefined, answer?: Buffer) => void,
    ): void;
  }

  export interface NfcReader extends EventEmitter {
    readonly name: string;
    readonly reader: PcscliteReader;
    connection: { readonly type: number; readonly protocol: number | undefined } | null;
    autoProcessing: boolean;
    connect(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    transmit(data: Buffer, maxAnswer: number): Promise<Buffer>;
  }

  /** `pcsc.start` is called on the next tick after construction; its callback carries the list of readers. */
  export class NFC extends EventEmitter {
    readonly pcsc: { start(done: (error: Error | undefined, names?: Buffer) => void): void };
  }
}
