/** Longer words are nobody's typing mistake; comparing them costs time. */
const MAX_LENGTH = 40;

/**
 * The candidate that a person most likely meant by `word`: the one that fewest single-character changes (or swaps
 * of neighbours) away, if that is few enough to be a typing mistake, else one that begins with the word.
 */
export function nearest<T extends string>(word: string, candidates: Iterable<T>): T | undefined {
  const wanted = word.toLowerCase();
  // Of a number that is wrong nobody can say which one was meant.
  if (wanted.length < 2 || wanted.length > MAX_LENGTH || /^[\d.]+$/.test(wanted)) return undefined;
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  let best: T | undefined;
  let least = allowed + 1;
  let beginning: T | undefined;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    if (lower.startsWith(wanted)) beginning ??= candidate;
    const d = isAlike(wanted, lower) ? distance(wanted, lower) : Number.POSITIVE_INFINITY;
    // Of two that are as near a letter was left out rather than written twice.
    if (d < least || (d === least && best !== undefined && lower.length > best.length)) {
      least = d;
      best = candidate;
    }
  }
  return best ?? beginning;
}

/** One letter of three is much: of short words the first one is right, or they are the same letters. */
function isAlike(word: string, candidate: string): boolean {
  return word.length > 3 || word[0] === candidate[0] || letters(word) === letters(candidate);
}

const letters = (word: string): string => [...word].sort().join("");

/** Optimal string alignment distance: how many characters to insert, delete, replace or swap with a neighbour. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let d = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        d = Math.min(d, (before[j - 2] ?? 0) + 1);
      }
      row.push(d);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
