import { render } from "preact";
import { App } from "./app.tsx";
import { readIndex } from "./data.ts";
import "./style/index.css";

const root = document.getElementById("app");
if (root !== null) {
  root.textContent = "";
  render(<App index={readIndex()} />, root);
}
