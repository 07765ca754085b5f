// What the page is doing, for whom, and what it was told last.

import { $ } from "./page.js";

export const state = {
  mode: "dine_in", means: "cash", online: true, pending: null, stuck: 0, queued: [],
  // As the server told it last, and as it is shown: off line another meal may have begun.
  today: null, shown: null, todayAsked: 0, todayDrawn: 0,
  // Whose turn it is: an answer that comes after the next key was read must not take its place.
  turn: 0, isBeating: false,
  // What the clerk said a meal costs where no menu does: for this person or guest alone.
  priceText: "",
};

/** Begins with somebody else, or with nobody. */
export function nextTurn() {
  state.pending = null;
  state.turn += 1;
  return state.turn;
}

export const isTurn = (turn) => turn === state.turn;

/** Says something of a person who is not before the clerk any more; a tap takes it away. */
export function notice(sentence) {
  $("notice").textContent = sentence;
  $("notice").hidden = !sentence;
}
