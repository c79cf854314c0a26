import { Document, isMap, isPair, isScalar, isSeq, type Node, visit, type YAMLMap, type YAMLSeq } from "yaml";
import { isByVersion } from "../template.ts";
import type { Draft } from "./draft.ts";

/** For editors that know JSON Schema. */
const SCHEMA = " yaml-language-server: $schema=node_modules/tapstation/scenarios/scenario.schema.json";

/** The scenario as a file: cards by name, short maps on one line, remarks in front of their steps. */
export function textOf({ head, steps, cards }: Draft): string {
  const { name, shows, tags, ocpp, ...rest } = head;
  const vars = Object.fromEntries([...cards].map(([uid, variable]) => [variable, uid]));
  const byName = (value: unknown) => withNames(value, { cards, ocpp: String(ocpp) });
  const doc = new Document({
    name,
    shows,
    tags,
    ocpp,
    ...(cards.size === 0 ? {} : { vars }),
    ...(byName(rest) as object),
    steps: [],
  });
  doc.commentBefore = SCHEMA;
  for (const pair of (doc.contents as unknown as YAMLMap).items) {
    const name = String((pair.key as { value?: unknown }).value);
    if (name !== "steps") flowing(pair.value, name.length + 2);
  }
  const list = doc.get("steps") as YAMLSeq;
  let remarks: string[] = [];
  for (const { step, comment } of steps) {
    if (comment !== undefined) remarks.push(comment);
    if (step === undefined) continue;
    list.add(stepNode(doc, byName(step) as object, remarks));
    remarks = [];
  }
  if (remarks.length > 0) doc.comment = remarks.map(remark).join("\n");
  visit(doc, {
    Scalar(_, node) {
      // With all of its digits it would be a text.
      if (typeof node.value === "number" && Math.abs(node.value) > Number.MAX_SAFE_INTEGER)
        node.format = "EXP";
    },
  });
  return doc.toString({ lineWidth: 110, flowCollectionPadding: true });
}

function stepNode(doc: Document, step: object, remarks: readonly string[]): Node {
  const node = doc.createNode(step) as YAMLMap;
  for (const pair of node.items) {
    flowing(pair.value, 4 + keyLength(pair));
    // `remove:` alone.
    if (isScalar(pair.value) && pair.value.value === null) pair.value.source = "";
  }
  if (remarks.length > 0) node.commentBefore = remarks.map(remark).join("\n");
  return node;
}

/** A remark stays one line. */
const remark = (text: string): string => ` ${text.replaceAll(/\s+/g, " ")}`;
const flat = (value: unknown): string => JSON.stringify(value) ?? "";

/** How long a line may be, characters. */
const WIDTH = 100;

/** On one line where it fits: `indent` is how far in its line begins. */
function flowing(node: unknown, indent: number): void {
  if (!isMap(node) && !isSeq(node)) return;
  if (flat(node.toJSON()).length + indent <= WIDTH) {
    node.flow = true;
    return;
  }
  for (const item of node.items) flowing(isPair(item) ? item.value : item, indent + 2 + keyLength(item));
}

const keyLength = (item: unknown): number =>
  isPair(item) ? String((item.key as { value?: unknown }).value).length + 2 : 2;

/**
 * Cards' UIDs by the names of their variables, wherever they stand alone; a map of nothing but version numbers is one
 * that was sent, and is written as the value for the version that was spoken.
 */
function withNames(value: unknown, o: { readonly cards: Draft["cards"]; readonly ocpp: string }): unknown {
  if (typeof value === "string") {
    const name = o.cards.get(value);
    return name === undefined ? value : `$${name}`;
  }
  if (Array.isArray(value)) return value.map((item) => withNames(item, o));
  if (typeof value !== "object" || value === null) return value;
  const map = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNames(item, o)]));
  return isByVersion(map) ? { [o.ocpp]: map } : map;
}
