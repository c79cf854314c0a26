import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ReportIndex } from "./data.ts";
import { Help } from "./help.tsx";
import { useKeys } from "./keys.ts";
import { Notice } from "./notice.tsx";
import { Overview } from "./overview.tsx";
import { RefusedRun } from "./refused.tsx";
import { addressable, go, useRoute } from "./route.ts";
import { Scenario } from "./scenario.tsx";
import { ThemeSwitch } from "./theme.tsx";
import { Verdict } from "./verdict.tsx";

export function App({ index }: { readonly index: ReportIndex }) {
  const route = useRoute();
  const [help, setHelp] = useState(false);
  const position = index.scenarios.findIndex(({ id }) => addressable(id) === route.id);
  const entry = index.scenarios[position];
  const title = entry?.name ?? "tapstation report";
  useEffect(() => {
    document.title = title;
  }, [title]);
  const last = useRef(route.id);
  useLayoutEffect(() => {
    // Another page begins at its top; the overview goes where one was.
    if (route.id !== undefined) scrollTo(0, 0);
    last.current = route.id ?? last.current;
  }, [route.id]);
  const step = (by: number) => {
    const next = index.scenarios[position + by];
    if (entry !== undefined && next !== undefined) go({ id: next.id });
  };
  useKeys({
    "?": () => setHelp(!help),
    Escape: () => go({}),
    "[": () => step(-1),
    "]": () => step(1),
  });
  return (
    <>
      <header class="top">
        <a class="brand" href="#/">
          tapstation <span>report</span>
        </a>
        <Verdict index={index} />
        <span class="grow" />
        <button type="button" class="quiet" onClick={() => setHelp(true)} title="Keys (?)">
          ? keys
        </button>
        <ThemeSwitch />
      </header>
      {index.refused !== undefined ? (
        <RefusedRun refused={index.refused} />
      ) : entry === undefined ? (
        <Overview index={index} unknown={route.id} last={last.current} />
      ) : (
        <Scenario key={entry.id} entry={entry} fact={route.fact} index={index} />
      )}
      <Notice />
      {help && <Help close={() => setHelp(false)} />}
    </>
  );
}
