// Begins: says what is missing, or shows the rooms. Nothing can be entered before the module has started.
import { render } from "preact";
import t from "texts";
import { App } from "./app";
import { isSupported, start } from "./engine";
import { problemOf } from "./files/problem";
import { Notice } from "./parts/notice";

const page = document.getElementById("page")!;

async function begin(): Promise<void> {
  page.textContent = "";
  const support = isSupported();
  if (!support.ok) {
    render(<Notice title={t.title} text={t.start.missing(support.missing.join(", "))} />, page);
    return;
  }
  render(<Notice title={t.title} text={t.start.working} />, page);
  try {
    const engine = await start();
    const info = await engine.info();
    render(<App engine={engine} info={info} />, page);
  } catch (error) {
    render(<Notice title={t.title} text={t.start.failed} detail={problemOf(error).detail ?? ""} />, page);
  }
}

// a file that misses its field must not take the page away
for (const kind of ["dragover", "drop"]) {
  window.addEventListener(kind, (event) => event.preventDefault());
}
void begin();
