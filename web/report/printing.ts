import { useEffect, useState } from "preact/hooks";

/** Is the page being printed? Then nothing scrolls, and all of it has to be there. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const begins = () => setPrinting(true);
    const ends = () => setPrinting(false);
    addEventListener("beforeprint", begins);
    addEventListener("afterprint", ends);
    return () => {
      removeEventListener("beforeprint", begins);
      removeEventListener("afterprint", ends);
    };
  }, []);
  return printing;
}
