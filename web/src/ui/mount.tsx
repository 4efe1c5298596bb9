import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./base.css";
import "./components.css";

/** Renders a page into its `#app`. */
export function mount(page: ReactNode): void {
  const root = document.getElementById("app");
  if (root === null) throw new Error("the page has no #app");
  createRoot(root).render(<StrictMode>{page}</StrictMode>);
}
