import { AppError } from "../util/errors.ts";
import type { Kit } from "./kit.ts";
import type { CsmsAnswer, CsmsRequests, TransferAnswer, TransferRequest } from "./ports.ts";

/** One message that a vendor's station understands. */
export interface TransferMessage {
  /** Left out: messages without an id, and those that no other entry names. */
  readonly messageId?: string;
  /** Default Accepted. */
  readonly status?: "Accepted" | "Rejected";
  /** What the answer carries: this text, what came, or a setting's value by either name. */
  readonly data?: string;
  readonly echo?: boolean;
  readonly setting?: string;
}

/** The vendor ids that a station model knows, and what it answers to them. */
export interface TransferVendor {
  readonly vendorId: string;
  readonly messages: readonly TransferMessage[];
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** DataTransfer to the station (1.6 §5.6, 2.0.1 P01): answered by the model's data. */
export function answerTransfer(
  kit: Kit,
  vendors: readonly TransferVendor[],
  request: TransferRequest,
): TransferAnswer {
  const { vendorId, messageId, data } = request;
  const answer = answerOf(kit, vendors, request);
  const asked = {
    ...(messageId === undefined ? {} : { messageId }),
    ...(data === undefined ? {} : { data }),
  };
  kit.fact({ kind: "dataTransfer", direction: "in", vendorId, ...asked, status: answer.status });
  return answer;
}

function answerOf(kit: Kit, vendors: readonly TransferVendor[], request: TransferRequest): TransferAnswer {
  const { vendorId, messageId, data } = request;
  const vendor = vendors.find((v) => same(v.vendorId, vendorId));
  if (vendor === undefined) return { status: "UnknownVendorId" };
  const named = vendor.messages.find((m) => same(m.messageId ?? "", messageId ?? ""));
  const message = named ?? vendor.messages.find((m) => m.messageId === undefined);
  if (message === undefined) return { status: "UnknownMessageId" };
  const said = message.echo === true ? data : (message.data ?? settingOf(kit, message.setting));
  return { status: message.status ?? "Accepted", ...(said === undefined ? {} : { data: said }) };
}

function settingOf(kit: Kit, name: string | undefined): string | undefined {
  const row = name === undefined ? undefined : kit.settings.table.row(name);
  return row === undefined || row.access === "WriteOnly" ? undefined : kit.settings.shown(row.name);
}

/**
 * DataTransfer to the central system (1.6 §4.3, 2.0.1 P02).
 * @throws AppError `state.conflict` while the station is not registered, `csms.unreachable` without an answer,
 * `csms.refused` for a CALLERROR, `input.invalid` for ids that do not fit
 */
export async function sendTransfer(
  kit: Kit,
  request: TransferRequest,
): Promise<CsmsRequests["dataTransfer"]["out"]> {
  if (!kit.online()) {
    throw new AppError("state.conflict", "The station is not online", {
      hint: "Wait until the central system has accepted it; look with status.",
    });
  }
  const answer = await kit.csms.request("dataTransfer", request);
  if (!answer.ok) throw failureOf(answer);
  const { data: _, ...about } = request;
  kit.fact({ kind: "dataTransfer", direction: "out", ...about, ...answer.value });
  return answer.value;
}

function failureOf(answer: Extract<CsmsAnswer<unknown>, { ok: false }>): AppError {
  const { failure, detail } = answer;
  if (failure === "unsupported") return new AppError("input.invalid", detail);
  const refused = failure === "callError" || failure === "badAnswer";
  return new AppError(refused ? "csms.refused" : "csms.unreachable", `DataTransfer: ${detail}`, {
    hint: refused ? "The central system does not take it." : "Try again when the connection is back.",
  });
}
