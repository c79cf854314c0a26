import { AppError } from "../../../util/errors.ts";

/** A serial device as a person names it: `/dev/ttyUSB0`, `/dev/ttyUSB0@9600`, `COM3?definition=rdm6300`. */
export interface SerialAddress {
  readonly path: string;
  readonly baudRate?: number;
  /** Id of the device definition. */
  readonly definition?: string;
}

/** @throws AppError `usage` that shows how one is written. */
export function parseSerialAddress(text: string, flag: string): SerialAddress {
  const example = `Write for example ${flag} serial:/dev/ttyUSB0@9600?definition=ID.`;
  const [address = "", query, ...rest] = text.split("?");
  const match = /^(?<path>.+?)(?:@(?<baud>[^@/\\]*))?$/.exec(address);
  if (match?.groups?.path === undefined || rest.length > 0) {
    throw new AppError("usage", `"serial:${text}" does not name a serial port`, { hint: example });
  }
  const { path, baud } = match.groups;
  if (baud !== undefined && !/^[1-9]\d{2,6}$/.test(baud)) {
    throw new AppError("usage", `"serial:${text}": "${baud}" is not a line speed in baud`, { hint: example });
  }
  const definition = query === undefined ? undefined : /^definition=([^&]+)$/.exec(query)?.[1];
  if (query !== undefined && definition === undefined) {
    throw new AppError("usage", `"serial:${text}": "?${query}" is not understood, only "?definition=ID" is`, {
      hint: example,
    });
  }
  return {
    path,
    ...(baud === undefined ? {} : { baudRate: Number(baud) }),
    ...(definition === undefined ? {} : { definition }),
  };
}

/** The text that {@link parseSerialAddress} reads. */
export function formatSerialAddress(a: SerialAddress): string {
  const baud = a.baudRate === undefined ? "" : `@${a.baudRate}`;
  return `${a.path}${baud}${a.definition === undefined ? "" : `?definition=${a.definition}`}`;
}
