import type { Certificate } from "../ports.ts";

/** Chains longer than this are no chains of a charging station. */
const MAX_LINKS = 6;

/** What is wrong with a certificate by itself at a time (ms), or undefined. */
export function certificateProblem(c: Certificate, now: number): string | undefined {
  if (now < c.notBefore) return `it is not valid before ${day(c.notBefore)}`;
  if (now > c.notAfter) return `it has expired on ${day(c.notAfter)}`;
  return c.weakness;
}

/**
 * Why a certificate does not lead to one of the roots, or undefined: each link is signed by the next, may sign, is
 * strong enough and holds at this time (RFC 5280 §6). `between` are certificates that may stand between them.
 */
export function chainProblem(
  leaf: Certificate,
  between: readonly Certificate[],
  roots: readonly Certificate[],
  now: number,
): string | undefined {
  let link = leaf;
  for (let n = 0; n < MAX_LINKS; n++) {
    const problem = certificateProblem(link, now);
    if (problem !== undefined) return n === 0 ? problem : `of a certificate above it: ${problem}`;
    const root = roots.find((r) => link.isSignedBy(r) && certificateProblem(r, now) === undefined);
    if (root !== undefined) return undefined;
    const below = link;
    const next = between.find((c) => c.pem !== below.pem && c.isAuthority && below.isSignedBy(c));
    if (next === undefined) return "it does not lead to an installed root certificate";
    link = next;
  }
  return `its chain has more than ${MAX_LINKS} links`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
