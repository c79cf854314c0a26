import type { Book, User } from "../central/index.ts";
import { AppError } from "../util/errors.ts";

/** Whose card it is, and what was done for that. */
export interface Owner {
  readonly user: User;
  readonly notes: readonly string[];
}

const fullName = (u: User): string => `${u.firstName} ${u.lastName}`;
const same = (a: string, b: string): boolean => a.trim().toUpperCase() === b.trim().toUpperCase();

/**
 * The user of that name or e-mail address, added when there is none.
 * @throws AppError `input.invalid` when it is not clear who is meant, or the name is no full one
 */
export function ownerOf(
  book: Book,
  who: string,
  email: string | undefined,
  of: { organization?: string },
): Owner {
  const known = book
    .users(of)
    .filter((u) => same(u.email, email ?? who) || (email === undefined && same(fullName(u), who)));
  const [user] = known;
  if (user !== undefined && known.length === 1) return { user, notes: [] };
  if (user !== undefined) {
    throw new AppError("input.invalid", `More than one user is called "${who}"`, {
      hint: `Give the e-mail address: ${known.map((u) => u.email).join(", ")}.`,
    });
  }
  const [firstName = "", ...others] = who.trim().split(/\s+/);
  if (others.length === 0) {
    throw new AppError("input.invalid", `There is no user "${who}"`, {
      hint: 'To add one, give first and last name: --user "Ann Smith" --email ann@example.com.',
    });
  }
  const address = email ?? `${[firstName, ...others].join(".").toLowerCase()}@example.com`;
  const added = book.addUser({ firstName, lastName: others.join(" "), email: address, ...of });
  const made = email === undefined ? " with a made-up e-mail address (--email gives a real one)" : "";
  return { user: added, notes: [`${fullName(added)} <${added.email}> was added as a user${made}.`] };
}
