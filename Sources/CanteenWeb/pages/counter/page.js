// Small helpers for the page's elements.

export const $ = (id) => document.getElementById(id);

/** An element with its class, its text or children. */
export function make(tag, { className, text, data, onTap, ...rest } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(data ?? {})) element.dataset[name] = value;
  for (const [name, value] of Object.entries(rest)) element.setAttribute(name, value);
  if (onTap) element.addEventListener("click", onTap);
  element.append(...children);
  return element;
}

/** Shows one screen and hides the others. */
export function showScreen(id) {
  for (const screen of document.querySelectorAll(".screen")) screen.hidden = screen.id !== id;
  document.body.dataset.screen = id;
}

export const isShown = (id) => document.body.dataset.screen === id;

/** Says a sentence on a screen. */
export function say(screen, sentence) {
  $(screen).querySelector(".said").textContent = sentence;
}
