// The counter: one field, one answer, one tap.

import {
  showChoice, showDone, showGuest, showIdle, showPerson, showPrice, showSentence, showServed,
} from "./answer.js";
import { Offline, Problem, post } from "./api.js";
import { now } from "./clock.js";
import { openExceptions } from "./judge.js";
import { beat, drawKept, drawNow, handle, mayCheckIn, setOnline, side } from "./line.js";
import { quoteFor } from "./meal.js";
import { offlineMatches, offlineMeal, servedAt } from "./offline.js";
import { $, isShown, make, showScreen } from "./page.js";
import { enqueue, takeBack } from "./queue.js";
import { begin, currentSession } from "./session.js";
import { refreshSnapshot } from "./snapshot.js";
import { isTurn, nextTurn, notice, state } from "./state.js";
import { expire } from "./store.js";
import { fillWords, hourAndMinute, words } from "./words.js";

// MARK: from a key to a person

async function ask(key, listFen = null) {
  const turn = nextTurn();
  if (!state.online) return askOffline(key, turn);
  let matches, more;
  try {
    const { body } = await post("/diners/search", { q: key, ...(listFen && { listFen }) });
    ({ matches, more } = body);
    setOnline(true);
  } catch (error) {
    if (!(error instanceof Offline)) return handle(error, turn);
    setOnline(false);
    return askOffline(key, turn);
  }
  if (!isTurn(turn)) return;
  if (matches.length === 0) return showSentence("bad", words.nobody, words.nobodyHint);
  const ofKey = (person) => propose({ ...person, askedBy: key });
  if (matches.length === 1) return ofKey(matches[0]);
  showChoice(matches, ofKey, more ? words.chooseMore : words.choose);
}

async function askOffline(key, turn) {
  const found = await offlineMatches(key);
  if (!isTurn(turn)) return;
  if (!found) return showSentence("bad", words.snapshotMissing);
  const { matches, tailOnly } = found;
  const choose = (person) => proposeOffline(person, turn);
  if (matches.length === 0) return showSentence("bad", words.nobody, words.nobodyOffline);
  if (matches.length === 1 && !tailOnly) return choose(matches[0]);
  showChoice(matches, choose, tailOnly ? words.tailOnly : words.choose);
}

/** Who ate here already, by what this device knows, is offered the full price. */
async function proposeOffline(person, turn) {
  const meal = await offlineMeal();
  const before = await servedAt(person, meal, state.today?.lastCheckIns);
  if (!isTurn(turn)) return;
  if (!before || person.refusal) return propose(person);
  const message = `${words.servedBefore} ${words.periods[meal.period] ?? ""} ${hourAndMinute(before)}`;
  state.pending = { kind: "person", person, served: { message } };
  drawPending();
}

function propose(person) {
  state.pending = { kind: "person", person };
  drawPending();
}

function proposeGuest(kind) {
  nextTurn();
  const priceFen = state.shown?.setPriceFen;
  if (!priceFen) return askPrice((fen) => proposeGuestAt(kind, fen));
  proposeGuestAt(kind, priceFen);
}

function proposeGuestAt(kind, priceFen) {
  state.pending = { kind: "guest", guest: kind, priceFen };
  drawPending();
}

// MARK: a meal without a published price

/** Asks what the meal costs, by keys on the page or in the field. */
function askPrice(onPrice) {
  state.pending = { kind: "price", onPrice };
  state.priceText = "";
  drawPending();
}

function typePrice(key) {
  state.priceText = key === "⌫" ? state.priceText.slice(0, -1) : state.priceText + key;
  drawPending();
  focusField();
}

/** Not what is scanned or typed to name the next person. */
const isPrice = (text) => /^(\d{1,3}(\.\d{1,2})?|1000)$/.test(text);

function takePrice(text) {
  const { onPrice } = state.pending;
  if (!isPrice(text)) return showSentence("bad", words.priceWrong);
  const [whole, part = ""] = text.split(".");
  const fen = Number(whole) * 100 + Number(part.padEnd(2, "0"));
  if (fen < 1 || fen > 100_000) return showSentence("bad", words.priceWrong);
  onPrice(fen);
}

function drawPending() {
  const { pending } = state;
  if (!pending) return showIdle();
  if (pending.kind === "price") {
    return showPrice(state.priceText, {
      onDigit: typePrice, onDone: () => takePrice(state.priceText), onCancel: cancel,
    });
  }
  const { person } = pending;
  const canBePriced = person?.askedBy && person.refusal?.code !== "card_not_good";
  const actions = {
    onConfirm: confirm, onCancel: cancel,
    onPrice: canBePriced ? () => askPrice((fen) => ask(person.askedBy, fen)) : null,
  };
  if (pending.kind === "guest") showGuest(pending.guest, pending.priceFen, actions);
  else if (pending.served) {
    showServed(pending.person, pending.served, fullPrice(pending.person), actions);
  } else {
    showPerson(pending.person, quoteFor(pending.person, state.mode), actions);
  }
}

/** 按原价: what the meal costs without any subsidy. */
function fullPrice(person) {
  const quote = quoteFor(person, state.mode);
  return quote && { listFen: quote.listFen, dinerFen: quote.listFen, subsidies: [] };
}

function cancel() {
  nextTurn();
  showIdle();
  focusField();
}

// MARK: the check-in

/** What somebody is about to pay; nothing where the meal has no price. */
function quoteOf({ kind, guest, priceFen, person, served }) {
  if (kind === "guest") return { name: words.guests[guest], isFull: true, listFen: priceFen, dinerFen: priceFen };
  const isFull = Boolean(served ?? person.refusal);
  const quote = isFull ? fullPrice(person) : quoteFor(person, state.mode);
  return quote && { ...quote, name: person.name, isFull };
}

async function confirm() {
  const { pending } = state;
  if (!pending || pending.kind === "price" || pending.isSent) return;
  const quote = quoteOf(pending);
  if (!quote) return;
  pending.isSent = true;
  try {
    await submit(pending, quote, state.turn);
  } finally {
    pending.isSent = false;
    focusField();
  }
}

async function submit(pending, quote, turn) {
  const { kind, guest, person } = pending;
  const request = {
    // Made once for this act: whatever happens to the line, the server counts the key once.
    key: (pending.key ??= crypto.randomUUID()),
    ...(kind === "guest" ? { guest: { kind: guest } } : { dinerId: person.dinerId }),
    mode: state.mode, means: state.means, fullPrice: kind !== "guest" && quote.isFull,
    servedAt: (pending.servedAt ??= now().toISOString()), auth: person?.auth ?? "manual",
    listFen: quote.listFen, quotedFen: quote.dinerFen, offline: false,
  };
  if (!state.online) return queueUp(pending, request, quote, turn);
  const sentAt = Date.now();
  try {
    const { body } = await post("/check-ins", request);
    if (isTurn(turn)) {
      nextTurn();
      // A meal that was kept for a person's decision has no check-in yet.
      showDone(quote.name, body.checkIn?.dinerFen ?? quote.dinerFen, { sentence: body.exception?.sentence });
    }
    setOnline(true);
  } catch (error) {
    return recover(error, pending, request, quote, turn, sentAt);
  }
  await drawNow().catch((error) => handle(error, null));
}

async function recover(error, pending, request, quote, turn, sentAt) {
  if (error instanceof Offline) {
    setOnline(false);
    return queueUp(pending, request, quote, turn, sentAt);
  }
  if (error instanceof Problem && error.code === "already_served" && isTurn(turn)) {
    // Another act, and so another key.
    state.pending = { kind: "person", person: pending.person, served: error };
    return drawPending();
  }
  if (error instanceof Problem && !isTurn(turn)) return notice(`${quote.name}：${error.message}`);
  await handle(error, turn);
}

/** @param sentAt when it was sent, if it was: the server may have it although no answer came. */
async function queueUp(pending, request, quote, turn, sentAt = null) {
  const { terminal, staff } = currentSession();
  await enqueue(
    { ...request, offline: true, snapshotId: pending.person?.snapshotId ?? null },
    {
      name: quote.name, sentAt, terminal: terminal.id, staff: staff.name,
      ...(await offlineMeal(new Date(request.servedAt))),
    });
  if (!isTurn(turn)) return;
  nextTurn();
  showDone(quote.name, quote.dinerFen, { queued: true });
}

async function undoQueued(entry) {
  const turn = nextTurn();
  const outcome = await takeBack(entry.number);
  if (isTurn(turn)) {
    if (outcome === "deleted") showSentence("good", words.undone, entry.name);
    else if (outcome === "marked") showSentence("warn", words.undoQueued, entry.name);
    else showSentence("warn", words.sentMeanwhile, entry.name);
  }
  focusField();
}

async function undo(checkIn) {
  const turn = nextTurn();
  const asked = now().toISOString();
  try {
    if (!state.online) throw new Offline();
    await post(`/check-ins/${checkIn.key}/reversal`, {});
    if (isTurn(turn)) showSentence("good", words.undone, checkIn.name);
    await drawNow();
  } catch (error) {
    if (error instanceof Offline) await undoLater(checkIn, asked, turn);
    else await handle(error, turn);
  }
  focusField();
}

/** The line is down: what is in the books is undone when it is back. */
async function undoLater(checkIn, asked, turn) {
  setOnline(false);
  if (state.queued.some((entry) => entry.request.key === checkIn.key)) return;
  const { terminal, staff } = currentSession();
  await enqueue(
    { key: checkIn.key, dinerId: checkIn.dinerId, servedAt: checkIn.servedAt, quotedFen: checkIn.dinerFen },
    {
      name: checkIn.name, day: checkIn.serviceDay, period: checkIn.period, terminal: terminal.id,
      staff: staff.name, sentAt: Date.parse(checkIn.servedAt), takenBack: asked,
    });
  if (isTurn(turn)) showSentence("warn", words.undoQueued, checkIn.name);
}

// MARK: the page

function focusField() {
  if (isShown("counter")) $("field").focus();
}

function onKey(event) {
  if (!isShown("counter") || event.key !== "Enter" || event.target.tagName === "BUTTON") return;
  event.preventDefault();
  const key = $("field").value.trim();
  $("field").value = "";
  // An empty Enter says yes to what is shown; a key always begins anew.
  if (state.pending?.kind === "price" && (!key || isPrice(key))) takePrice(key || state.priceText);
  else if (key) ask(key);
  else confirm();
}

function drawChoices() {
  const group = (id, names, current, choose) => {
    $(id).replaceChildren(...Object.entries(names).map(([value, title]) => make("button", {
      className: value === current ? "chosen" : "", text: title, data: { value },
      "aria-pressed": String(value === current), onTap: () => { choose(value); focusField(); },
    })));
  };
  group("modes", words.modes, state.mode, (value) => {
    state.mode = value;
    drawChoices();
    if (state.pending) drawPending();
  });
  group("means", words.means, state.means, (value) => { state.means = value; drawChoices(); });
  group("guests", words.guests, null, proposeGuest);
}

/** Prepares for the time without network. */
async function renewSnapshot() {
  const session = currentSession();
  if (!session?.staff || !state.online || !mayCheckIn()) return;
  try {
    await refreshSnapshot(session.terminal.snapshotKey);
    document.body.dataset.snapshot = "held";
  } catch (error) {
    await handle(error, null);
  }
}

async function work(session) {
  $("lock").hidden = false;
  $("lock").textContent = `${session.staff.name} · ${words.lock}`;
  // Who sees every canteen checks nobody in.
  if (!mayCheckIn()) return showScreen("office");
  showScreen("counter");
  notice("");
  cancel();
  await drawKept();
  await beat();
  await renewSnapshot();
  focusField();
}

fillWords();
side.onUndo = undo;
side.onTakeBack = undoQueued;
$("field").placeholder = words.field;
drawChoices();
addEventListener("keydown", onKey);
addEventListener("online", beat);
addEventListener("offline", () => setOnline(false));
document.addEventListener("click", () => setTimeout(focusField));
$("field").addEventListener("blur", () => setTimeout(focusField, 200));
$("judge").addEventListener("click", () => openExceptions(() => { showScreen("counter"); beat(); focusField(); }));
$("line").addEventListener("click", beat);
$("notice").addEventListener("click", () => notice(""));
setInterval(beat, 4000);
setInterval(renewSnapshot, 600_000);
setInterval(() => expire(now()), 600_000);
setInterval(() => {
  $("clock").textContent = new Intl.DateTimeFormat("zh-CN", {
    hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
  }).format(now());
}, 1000);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/counter/sw.js", { scope: "/counter" });
expire(now()).then(() => begin(work)).catch((error) => handle(error, state.turn));
