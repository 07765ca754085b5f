// The line to the server: whether it is there, what it says of today, and what waits for it.

import { showSentence } from "./answer.js";
import { Offline, Problem, background, get } from "./api.js";
import { endOfDay } from "./clock.js";
import { offlineToday } from "./offline.js";
import { $ } from "./page.js";
import { onQueueChange, replay, tellQueue } from "./queue.js";
import { currentSession, signedOut } from "./session.js";
import { isTurn, notice, state } from "./state.js";
import { keep, kept } from "./store.js";
import { drawToday } from "./today.js";
import { words } from "./words.js";

/** What the buttons beside the last ten do. */
export const side = { onUndo: () => {}, onTakeBack: () => {} };

export function setOnline(online) {
  state.online = online;
  document.body.dataset.line = online ? "on" : "off";
  tellQueue();
}

onQueueChange(({ waiting, stuck, entries }) => {
  const line = $("line");
  const parts = [state.online ? words.online : words.offline];
  if (waiting > stuck) parts.push(words.waiting(waiting - stuck));
  if (stuck > 0) parts.push(words.stuck(stuck));
  line.textContent = parts.join(" · ");
  line.dataset.waiting = String(waiting);
  state.stuck = stuck;
  state.queued = entries;
  drawJudge();
  drawSide();
});

/** Asks the server again and again, softly: what waits is sent as soon as it answers. */
export async function beat() {
  if (state.isBeating || !currentSession()?.staff || !mayCheckIn()) return;
  state.isBeating = true;
  try {
    await drawNow(background);
    setOnline(true);
    await replay(currentSession());
  } catch (error) {
    await handle(error, null);
  } finally {
    state.isBeating = false;
  }
}

export const mayCheckIn = () => currentSession().staff.role !== "street_officer";

/** @param turn whose answer it would be; null for what nobody asked for. */
export async function handle(error, turn) {
  if (error instanceof Offline) return setOnline(false);
  if (error instanceof Problem && ["signed_out", "terminal_unknown"].includes(error.code)) {
    return signedOut();
  }
  if (!(error instanceof Problem)) console.error(error);
  const sentence = error instanceof Problem ? error.message : words.failed;
  if (isTurn(turn)) showSentence("bad", sentence);
  else notice(sentence);
}

/** @param more `background` unless somebody has just done something. */
export async function drawNow(more) {
  const asked = (state.todayAsked += 1);
  const today = await get("/today", more);
  if (asked < state.todayDrawn) return;
  state.todayDrawn = asked;
  state.today = today;
  await drawSide();
  drawJudge();
  await keep("today", { ...today, until: endOfDay(today.serviceDay) });
}

/** The meal of the hour as the device last heard of it. */
export async function drawKept() {
  state.today ??= (await kept("today")) ?? null;
  await drawSide();
}

async function drawSide() {
  const shown = state.online ? state.today : await offlineToday(state.today);
  if (!shown) return;
  state.shown = shown;
  drawToday(shown, state.queued, side);
}

/** What a person must look at: at the server, and in this device's own queue. */
function drawJudge() {
  const open = (state.today?.openExceptions ?? 0) + state.stuck;
  $("judge").hidden = open === 0;
  $("judge").textContent = words.exceptions(open);
}
