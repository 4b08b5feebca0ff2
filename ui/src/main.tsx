/** Starts the page: chooses what it talks to, and draws. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { openPlatform } from "./platform/open";
import { openSession } from "./state/session";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/frame.css";
import "./styles/column.css";
import "./styles/inspector.css";
import "./styles/sheet.css";
import "./styles/transfers.css";
import "./styles/official.css";
import "./styles/welcome.css";
import "./styles/states.css";
import "./styles/palette.css";
import "./styles/narrow.css";

async function start() {
  const root = document.getElementById("root");
  if (!root) return;
  if (import.meta.env.DEV) {
    const query = new URLSearchParams(window.location.search);
    if (query.has("states")) {
      const [{ StatesPage }] = await Promise.all([import("./test/StatesPage"), import("./test/StatesPage.css")]);
      return createRoot(root).render(<StatesPage query={query} />);
    }
  }
  const session = openSession(await openPlatform());
  createRoot(root).render(
    <StrictMode>
      <App session={session} />
    </StrictMode>,
  );
}

void start();
