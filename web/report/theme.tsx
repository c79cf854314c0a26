import { useEffect, useState } from "preact/hooks";

const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];
const KEY = "tapstation-report-theme";

/** Storage is refused to some pages that open from the disk. */
function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return themes.find((theme) => theme === value) ?? "auto";
  } catch {
    return "auto";
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds as long as the page is open.
  }
}

const glyphs: Record<Theme, string> = { auto: "◐", light: "☀", dark: "☾" };

export function ThemeSwitch() {
  const [theme, setTheme] = useState(stored);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "auto";
  const change = () => {
    setTheme(next);
    store(next);
  };
  return (
    <button type="button" class="quiet" onClick={change} title={`Colours: ${theme}. Click for ${next}.`}>
      <span aria-hidden="true">{glyphs[theme]}</span> {theme}
    </button>
  );
}
