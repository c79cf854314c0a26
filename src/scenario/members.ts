import { ERROR_CODES } from "./error-codes.ts";
import { type Described, Look, resolved } from "./look.ts";
import type { PayloadSchema } from "./payload-schema.ts";
import { StepProblem, throwAll } from "./problem.ts";
import type { Known } from "./step.ts";
import type { TypedPlace } from "./suited.ts";
import { hasReference } from "./template.ts";

/** Whose payload it is. */
export interface PayloadOf {
  readonly action: string;
  readonly kind: "request" | "response" | "error";
}

/** `matcher`: what is waited for; `part`: laid over another payload; `whole`: sent as it stands. */
export type PayloadUse = "matcher" | "part" | "whole";

type Path = readonly (string | number)[];

const SPOKEN = {
  request: "the request",
  response: "the answer to",
  error: "the error that answers",
} as const;

/** OCPP-J §4.2.3, as the journal writes it. */
const ERROR: PayloadSchema = {
  type: "object",
  properties: {
    errorCode: { type: "string", enum: ERROR_CODES },
    errorDescription: { type: "string" },
    errorDetails: {},
  },
  additionalProperties: false,
};

const isExtension = (member: string): boolean => member === "customData" || member.startsWith("x-");

const schemaOf = ({ action, kind }: PayloadOf, ocpp: string, known: Known): PayloadSchema | undefined =>
  kind === "error" ? ERROR : known.schemaOf(ocpp, action, kind);

/**
 * Members that the message does not have in the version that is spoken, values that one of its enumerations lacks,
 * and kinds of values that a member cannot have. What holds variables is left for later, and so is what extends OCPP:
 * customData, and members whose name begins with "x-".
 * @throws StepProblem at the first of them, with the others
 */
export function checkPayload(value: unknown, of: PayloadOf, known: Known, path: Path, use: PayloadUse): void {
  if (value === undefined) return;
  const described = describedBy(of, known);
  if (described === undefined) return;
  const otherwise =
    use === "matcher" ? {} : { otherwise: " Write raw: true beside it if that is on purpose." };
  const look = new Look({ ...described, ...otherwise });
  look.at(value, described.schema, path, [], use === "matcher");
  throwAll(look.found);
  if (use !== "whole" || of.kind === "error" || hasReference(value)) return;
  const misfit = known.misfit(known.ocpp, of.action, of.kind, value);
  if (misfit === undefined) return;
  throw new StepProblem(
    path,
    `it does not fit ${SPOKEN[of.kind]} ${of.action} of OCPP ${known.ocpp}: ${misfit}`,
    "Write raw: true beside it if that is on purpose.",
  );
}

/** Where such a payload stands; nothing where its kinds are not known. */
export function payloadAt(
  path: readonly string[],
  of: PayloadOf,
  known: Known,
  { isMatcher }: Pick<TypedPlace, "isMatcher">,
): TypedPlace[] {
  const schema = schemaOf(of, known.ocpp, known);
  return schema === undefined ? [] : [{ path, schema, isMatcher, isOpen: isExtension }];
}

/** Members to capture, as paths with dots. @throws StepProblem for one that the message does not have */
export function checkCaptured(
  capture: Readonly<Record<string, string>>,
  of: PayloadOf,
  known: Known,
  path: Path,
): void {
  const described = describedBy(of, known);
  if (described !== undefined) checkPaths(capture, described, path);
}

/** @throws StepProblem for a path with dots that leads to nothing */
export function checkPaths(capture: Readonly<Record<string, string>>, of: Described, path: Path): void {
  const look = new Look(of);
  for (const [name, member] of Object.entries(capture)) {
    if (!hasReference(member)) look.along(member === "" ? [] : member.split("."), [...path, name]);
  }
  throwAll(look.found);
}

function describedBy(of: PayloadOf, known: Known): Described | undefined {
  const { ocpp, versions } = known;
  const { action, kind } = of;
  const schema = schemaOf(of, ocpp, known);
  if (schema === undefined) return undefined;
  const message = `${SPOKEN[kind]} ${action}`;
  return {
    schema,
    isOpen: isExtension,
    place: (names) => {
      const where = names.length === 0 ? message : `"${names.join(".")}" in ${message}`;
      return kind === "error" ? where : `${where} of OCPP ${ocpp}`;
    },
    elsewhere: (names) => {
      const other = versions.find((version) => version !== ocpp && isIn(schemaOf(of, version, known), names));
      return other === undefined
        ? undefined
        : `It is one in OCPP ${other}: write { ${other}: …, ${ocpp}: … }, or ocpp: ${other} beside the step.`;
    },
    otherwise: " For a member that OCPP does not know write fact: frame, with: { payload: … }.",
  };
}

function isIn(root: PayloadSchema | undefined, names: readonly string[]): boolean {
  let schema = root;
  for (const name of names) {
    if (root === undefined || schema === undefined) return false;
    const { items, properties } = resolved(schema, root);
    const own = items === undefined ? properties : resolved(items, root).properties;
    schema = own !== undefined && Object.hasOwn(own, name) ? own[name] : undefined;
  }
  return schema !== undefined;
}
