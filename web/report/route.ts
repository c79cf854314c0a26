import { useLayoutEffect, useState } from "preact/hooks";

/** Where the page stands: the overview, or a scenario and perhaps a fact of it. */
export interface Route {
  readonly id?: string;
  /** Index of a fact. */
  readonly fact?: number;
}

export function parseRoute(hash: string): Route {
  const [, id, fact] = /^#\/s\/([^/]+)(?:\/(\d+))?$/.exec(hash) ?? [];
  if (id === undefined) return {};
  try {
    return { id: decodeURIComponent(id), ...(fact === undefined ? {} : { fact: Number(fact) }) };
  } catch {
    return {};
  }
}

/** Half a character cannot stand in an address. */
export const addressable = (id: string): string => id.replaceAll(/\p{Surrogate}/gu, "\ufffd");

export function hrefOf({ id, fact }: Route): string {
  if (id === undefined) return "#/";
  return `#/s/${encodeURIComponent(addressable(id))}${fact === undefined ? "" : `/${fact}`}`;
}

/** The route in the address, and again when it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useLayoutEffect(() => {
    const changed = () => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}

export const go = (route: Route): void => {
  location.hash = hrefOf(route);
};

/** The address names a moment, without another entry in the history for each. */
export function noteInAddress(route: Route): void {
  try {
    history.replaceState(null, "", hrefOf(route));
  } catch {
    // Some browsers allow no more than so many a minute.
  }
}
