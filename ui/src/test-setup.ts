/** What jsdom lacks: sizes, media queries, observers. */
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 800 });
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 300 });
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;

class Still {
  observe() {}
  unobserve() {}
  disconnect() {}
}
window.ResizeObserver = Still;

window.matchMedia = (query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
});

afterEach(() => {
  cleanup();
  window.localStorage.clear();
});
