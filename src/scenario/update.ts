import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  Scalar,
  stringify,
  visit,
} from "yaml";
import { MASK } from "../util/mask.ts";
import { memberAt } from "./expectation.ts";
import { isPattern, show } from "./match.ts";
import { escaped } from "./record/escape.ts";
import { hasReference } from "./template.ts";
import type { Failure, Position } from "./types.ts";

/** How one expectation ended, once. */
export interface Seen {
  readonly at: Position;
  readonly ocpp: string;
  /** Absent: it held. */
  readonly failure?: Failure;
}

/** A value that another one takes the place of. */
export interface Change {
  readonly at: Position;
  /** As a person reads it: `with.status: "Accepted" is now "Blocked"`. */
  readonly text: string;
}

/** A literal of the file, and what came. */
interface Differing {
  readonly from: number;
  readonly to: number;
  readonly path: string;
  readonly value: unknown;
  /** It is one version's already. */
  readonly isOwn: boolean;
}

interface Edit extends Omit<Differing, "value"> {
  readonly file: string;
  /** What came, as it will stand there, by version. */
  readonly values: Map<string, string>;
  /** Versions in which it holds as it stands. */
  readonly held: ReadonlySet<string>;
}

/**
 * The text of a scenario file with the literal values of `with` and `count` as they came, where nothing else was in the
 * way; what differs between the versions becomes a map by version. Patterns and variables stay: they say what is meant.
 * So does what other rows of the same version, or later rounds, have otherwise.
 */
export function updated(text: string, seen: readonly Seen[]): { text: string; changes: readonly Change[] } {
  const edits = new Map<number, Edit>();
  const unclear = new Set<Edit>();
  const file = new ScenarioText(text);
  for (const { at, ocpp, failure } of seen) {
    if (failure === undefined) continue;
    const held = new Set(
      seen.filter((one) => one.failure === undefined && isSame(one.at, at)).map((one) => one.ocpp),
    );
    for (const { value, ...found } of file.differing(at, ocpp, failure)) {
      const edit = edits.get(found.from) ?? { ...found, file: at.file, values: new Map(), held };
      const now = inFlow(value);
      if (held.has(ocpp) || (edit.values.get(ocpp) ?? now) !== now) unclear.add(edit);
      edit.values.set(ocpp, now);
      edits.set(found.from, edit);
    }
  }
  return file.with([...edits.values()].filter((edit) => !unclear.has(edit)));
}

const isSame = (a: Position, b: Position): boolean => a.line === b.line && a.col === b.col;

class ScenarioText {
  readonly #text: string;
  readonly #lines = new LineCounter();
  /** Values of `expect`, by the offset of the word. */
  readonly #expectations = new Map<number, Node>();

  constructor(text: string) {
    this.#text = text;
    for (const doc of parseAllDocuments(text, { lineCounter: this.#lines })) {
      visit(doc as Document.Parsed, {
        Pair: (_, { key, value }) => {
          if (isScalar(key) && key.value === "expect" && key.range && value !== null)
            this.#expectations.set(key.range[0], value as Node);
        },
      });
    }
  }

  /** The literals that are to blame for a failure, with what came; none where something else is to blame too. */
  differing({ line, col }: Position, ocpp: string, failure: Failure): Differing[] {
    const start = this.#lines.lineStarts[line - 1] ?? 0;
    const value = this.#expectations.get(start + col - 1);
    const expectations = isSeq(value) ? value.items : [value];
    const found = expectations
      .map((one) => differingIn(one as Node, ocpp, failure))
      .filter((one) => one.length > 0);
    // Two of a list that are alike: who knows which is meant.
    return found.length === 1 ? (found[0] ?? []) : [];
  }

  with(edits: readonly Edit[]): { text: string; changes: readonly Change[] } {
    let { length: end } = this.#text;
    let text = "";
    const changes: Change[] = [];
    for (const edit of edits.toSorted((a, b) => b.from - a.from)) {
      const old = this.#text.slice(edit.from, edit.to);
      const now = written(edit, old);
      text = now + this.#text.slice(edit.to, end) + text;
      end = edit.from;
      const { line, col } = this.#lines.linePos(edit.from);
      changes.unshift({ at: { file: edit.file, line, col }, text: `${edit.path}: ${old} is now ${now}` });
    }
    return { text: this.#text.slice(0, end) + text, changes };
  }
}

/** The new value, or one for each version where they are not of one mind. */
function written({ values, held, isOwn }: Edit, old: string): string {
  const all = new Map([...values, ...(isOwn ? [] : [...held].map((ocpp) => [ocpp, old] as const))]);
  const [first = old, ...others] = new Set(all.values());
  if (others.length === 0) return first;
  const entries = [...all].sort(([a], [b]) => a.localeCompare(b)).map(([ocpp, value]) => `${ocpp}: ${value}`);
  return `{ ${entries.join(", ")} }`;
}

/** As it may stand within braces. */
function inFlow(value: unknown): string {
  const list = stringify([value], { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 });
  return list.trim().slice(1, -1);
}

function differingIn(
  expectation: Node,
  ocpp: string,
  { differences = [], nearest, came }: Failure,
): Differing[] {
  if (came !== undefined) {
    const count = literalAt(expectation, ["count"], ocpp);
    return count === undefined ? [] : [{ ...count, path: "count", value: came.total }];
  }
  const literalIn = (path: string) => literalAt(expectation, ["with", ...path.split(".")], ocpp);
  const found = differences.map(({ path, wanted }): Differing | undefined => {
    const value = memberAt(nearest, path);
    // Of messages `with` speaks of the payload, of any other fact of all of it.
    const [inner = path] = [path, path.replace(/^payload\./, "")].filter(
      (one) => literalIn(one) !== undefined,
    );
    const literal = literalIn(inner);
    if (literal === undefined || show(literal.value) !== wanted || show(value).includes(MASK))
      return undefined;
    return { ...literal, path: `with.${inner}`, value: value === undefined ? "<absent>" : escaped(value) };
  });
  return found.every((one) => one !== undefined) ? found : [];
}

/** The literal that stands at a path of an expectation for a version. */
function literalAt(
  expectation: Node,
  path: readonly string[],
  ocpp: string,
): Omit<Differing, "path"> | undefined {
  let node: unknown = expectation;
  let isOwn = false;
  for (const key of [...path, undefined]) {
    const own = memberOf(node, ocpp);
    isOwn ||= own !== undefined;
    node = own ?? node;
    if (key !== undefined) node = memberOf(node, key);
  }
  if (!isScalar(node) || isAlias(node) || !node.range || node.anchor !== undefined) return undefined;
  // A block's range has its line break, and what may stand within braces would end it.
  if (node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL) return undefined;
  const { value } = node;
  if (typeof value === "string" && (isPattern(value) || hasReference(value))) return undefined;
  return { from: node.range[0], to: node.range[1], value, isOwn };
}

/** Keys that look like numbers are numbers to YAML: 1.6. */
function memberOf(node: unknown, key: string): unknown {
  if (isSeq(node)) return node.items[Number(key)];
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)?.value ?? undefined;
}
