import type { CallOutcome } from "../ocpp/rpc/types.ts";
import type { Credentials } from "./credentials.ts";
import { asPayload, type Payload, part, parts, text } from "./payload.ts";

/**
 * A command that has changed a station's credentials: what it was told holds from the next connection on (A01.FR.03,
 * A05.FR.09). In 1.6 the key's bytes are the password, in 2.0.1 the text itself.
 */
export function noteChange(
  credentials: Credentials,
  station: string,
  action: string,
  payload: unknown,
  outcome: CallOutcome,
): void {
  if (outcome.kind !== "result") return;
  const [request, answer] = [asPayload(payload), asPayload(outcome.payload)];
  const password = action === "ChangeConfiguration" ? key16(request, answer) : variable201(request, answer);
  if (password !== undefined) credentials.setPassword(station, password);
  const profile =
    action === "ChangeConfiguration" ? accepted16(request, answer, "SecurityProfile") : undefined;
  if (profile !== undefined) credentials.expect(station, Number(profile));
}

function key16(request: Payload, answer: Payload): string | undefined {
  const key = accepted16(request, answer, "AuthorizationKey");
  return key !== undefined && /^[0-9a-f]+$/i.test(key) ? key : undefined;
}

function accepted16(request: Payload, answer: Payload, key: string): string | undefined {
  const isIt = text(request, "key")?.toLowerCase() === key.toLowerCase();
  return isIt && text(answer, "status") === "Accepted" ? text(request, "value") : undefined;
}

function variable201(request: Payload, answer: Payload): string | undefined {
  const results = parts(answer, "setVariableResult");
  const [wish] = parts(request, "setVariableData").filter(
    (data, i) =>
      text(part(data, "variable"), "name")?.toLowerCase() === "basicauthpassword" &&
      text(results[i] ?? {}, "attributeStatus") === "Accepted",
  );
  const password = wish === undefined ? undefined : text(wish, "attributeValue");
  return password === undefined ? undefined : Buffer.from(password, "utf8").toString("hex");
}
