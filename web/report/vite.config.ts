import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** One script and one style sheet, which the reporter puts into each report. */
export default defineConfig({
  root: here("."),
  logLevel: "warn",
  build: {
    outDir: here("../../dist/report/page"),
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    lib: {
      entry: here("main.tsx"),
      formats: ["iife"],
      name: "report",
      fileName: () => "report.js",
      cssFileName: "report",
    },
  },
});
