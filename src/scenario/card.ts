import type { CardSetup, RoamingSetup, TokenSetup } from "./bench.ts";
import { given, oneOf, readEach, StepProblem, within } from "./problem.ts";
import { authorizationStatuses, MODES, tokenTypes } from "./schemas.ts";
import type { Known } from "./step.ts";
import { hasReference } from "./template.ts";
import { moment, truth } from "./units.ts";

type Path = readonly (string | number)[];
type Raw = Readonly<Record<string, unknown>>;
type Spoken = Pick<Known, "ocpp">;

/** How long a token may be: idTag of 1.6; idToken of later versions. */
const ID_MAX = { old: 20, later: 36 } as const;

/** Every member as text. */
export const texts = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));

type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** Without the members that are undefined. */
export const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;

export const asText = (_: Path, value: unknown): string => String(value);

/** A token as the station sends it. @throws StepProblem where the version cannot say it, or nobody would see the blank in it */
export function idOf(path: Path, value: unknown, { ocpp }: Spoken): string {
  const id = String(value);
  if (hasReference(id)) return id;
  if (id.trim() === "") throw new StepProblem(path, "it is empty", "Write the token.");
  if (id.trim() !== id)
    throw new StepProblem(path, `"${id}" has a blank at its end`, "No card has it: take the blank away.");
  const max = ID_MAX[ocpp === "1.6" ? "old" : "later"];
  if (id.length <= max) return id;
  throw new StepProblem(
    path,
    `"${id}" has ${id.length} characters; a token of OCPP ${ocpp} has ${max} at most`,
    "Write what the station sends for the card.",
  );
}

/** A card as it is written: its id alone, or with what is said about it. @throws StepProblem */
export function cardOf(path: Path, value: unknown, known: Spoken): CardSetup {
  return ofToken(path, value, known, (read) => ({
    visibleId: read("visibleId", asText),
    nickname: read("nickname", asText),
    blocked: read("blocked", truth),
    expiry: read("expiry", moment),
  }));
}

/** A token as it is written: its id alone, or with what the station knows of it. @throws StepProblem */
export function tokenOf(path: Path, value: unknown, known: Spoken): TokenSetup {
  return ofToken(path, value, known, (read) => ({
    status: read("status", (at, word) => oneOf(at, word, authorizationStatuses, "status of a token")),
    expiry: read("expiry", moment),
    group: read("group", asText),
    type: read("type", (at, word) => oneOf(at, word, tokenTypes, "type of a token")),
  }));
}

function ofToken<T extends object>(
  path: Path,
  value: unknown,
  known: Spoken,
  reads: (read: ReturnType<typeof given>) => { readonly [K in keyof T]: () => T[K] },
) {
  if (typeof value !== "object" || value === null)
    return { id: idOf(path, value, known) } as Defined<T> & { id: string };
  const raw = value as Raw;
  return within(path, () => {
    const { id, ...rest } = readEach({ id: () => idOf(["id"], raw.id, known), ...reads(given(raw)) } as {
      [K in keyof (T & { id: string })]: () => (T & { id: string })[K];
    });
    return { id, ...defined(rest as unknown as T) };
  });
}

/** A contract that the roaming hub knows. @throws StepProblem */
export function roamingOf(path: Path, value: unknown, known: Spoken): RoamingSetup {
  const { id, contract } = value as Record<keyof RoamingSetup, unknown>;
  return { id: idOf([...path, "id"], id, known), contract: String(contract) };
}

/** Who may charge, however it is written. @throws StepProblem */
export const accessMode = (path: Path, value: unknown): string =>
  MODES.find((known) => plain(known) === plain(value)) ?? oneOf(path, value, MODES, "access mode");

const plain = (mode: unknown): string =>
  String(mode)
    .toLowerCase()
    .replace(/[\s_-]/g, "");
