// The counter: one field, one answer, one tap.

import {
  showChoice, showDone, showGuest, showIdle, showPerson, showPrice, showSentence, showServed,
} from "./answer.js";
import { Offline, Problem, get, post } from "./api.js";
import { now } from "./clock.js";
import { openExceptions } from "./judge.js";
import { $, isShown, make, showScreen } from "./page.js";
import { enqueue, onQueueChange, replay, takeBack, tellQueue } from "./queue.js";
import { begin, currentSession, signedOut } from "./session.js";
import { findOffline, refreshSnapshot, snapshot } from "./snapshot.js";
import { keep, kept, queueAll } from "./store.js";
import { drawToday } from "./today.js";
import { fillWords, hourAndMinute, words } from "./words.js";

const quoteOf = { dine_in: "dineIn", takeaway: "takeaway", delivery: "delivery" };

const state = {
  mode: "dine_in", means: "cash", online: true, today: null, pending: null, busy: false, stuck: 0,
  queued: [],
  // What the clerk said a meal costs where no menu does: for this person or guest alone.
  priceText: "",
};

// MARK: the line

function setOnline(online) {
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
  if (state.today) drawSide();
});

/** Asks the server again and again, softly: what waits is sent as soon as it answers. */
async function beat() {
  if (!currentSession()?.staff) return;
  try {
    await drawNow();
    setOnline(true);
    await replay();
  } catch (error) {
    await handle(error);
  }
}

async function handle(error) {
  if (error instanceof Offline) return setOnline(false);
  if (error instanceof Problem && ["signed_out", "terminal_unknown"].includes(error.code)) {
    return signedOut();
  }
  if (error instanceof Problem) return showSentence("bad", error.message);
  console.error(error);
  showSentence("bad", words.failed);
}

async function drawNow() {
  state.today = await get("/today");
  drawSide();
  drawJudge();
  await keep("today", state.today);
}

/** The meal of the hour as the device last heard of it. */
async function drawKept() {
  state.today ??= (await kept("today")) ?? null;
  if (state.today) drawSide();
}

function drawSide() {
  drawToday(state.today, state.queued, { onUndo: undo, onTakeBack: undoQueued });
}

/** What a person must look at: at the server, and in this device's own queue. */
function drawJudge() {
  const open = (state.today?.openExceptions ?? 0) + state.stuck;
  $("judge").hidden = open === 0;
  $("judge").textContent = words.exceptions(open);
}

// MARK: from a key to a person

async function ask(key, listFen = null) {
  state.pending = null;
  let matches, more;
  try {
    const query = new URLSearchParams({ q: key, ...(listFen && { listFen }) });
    ({ matches, more } = await get(`/diners?${query}`));
    setOnline(true);
  } catch (error) {
    if (!(error instanceof Offline)) return handle(error);
    setOnline(false);
    return askOffline(key);
  }
  if (matches.length === 0) return showSentence("bad", words.nobody, words.nobodyHint);
  const ofKey = (person) => propose({ ...person, askedBy: key });
  if (matches.length === 1) return ofKey(matches[0]);
  showChoice(matches, ofKey, more);
}

async function askOffline(key) {
  const roster = await snapshot(now());
  if (!roster) return showSentence("bad", words.snapshotMissing);
  const found = (await findOffline(key, roster)).map((person) => offlineCandidate(person, roster));
  if (found.length === 0) return showSentence("bad", words.nobody, words.nobodyOffline);
  if (found.length === 1) return proposeOffline(found[0]);
  showChoice(found, proposeOffline);
}

/** Who ate here already, by what this device knows, is offered the full price. */
async function proposeOffline(person) {
  const period = state.today?.period ?? currentSession().period;
  const day = state.today?.serviceDay;
  const isThis = (meal) => meal.dinerId === person.dinerId;
  const waiting = (await queueAll()).find(({ request, day: at, period: meal }) =>
    isThis(request) && at === day && meal === period);
  const sent = (state.today?.lastCheckIns ?? []).find((meal) =>
    isThis(meal) && !meal.reversed && meal.serviceDay === day && meal.period === period);
  const servedAt = waiting?.request.servedAt ?? sent?.servedAt;
  if (!servedAt || person.refusal) return propose(person);
  const message = `${words.servedBefore} ${words.periods[period] ?? ""} ${hourAndMinute(servedAt)}`;
  state.pending = { kind: "person", person, served: { message } };
  drawPending();
}

/** A person of the off-line roster, with the prices of the meal of the hour. */
function offlineCandidate(person, roster) {
  const day = state.today?.serviceDay ?? roster.serviceDays[0];
  const period = state.today?.period ?? currentSession().period;
  const prices = {};
  for (const price of person.prices) {
    if (price.serviceDay === day && price.period === period) prices[quoteOf[price.mode]] = price.quote;
  }
  return { ...person, prices, today: [], snapshotId: roster.id };
}

function propose(person) {
  state.pending = { kind: "person", person };
  drawPending();
}

function proposeGuest(kind) {
  const priceFen = state.today?.setPriceFen;
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
    showPerson(pending.person, pending.person.prices?.[quoteOf[state.mode]], actions);
  }
}

/** 按原价: what the meal costs without any subsidy. */
function fullPrice(person) {
  const quote = person.prices?.[quoteOf[state.mode]];
  return quote && { listFen: quote.listFen, dinerFen: quote.listFen, subsidies: [] };
}

function cancel() {
  state.pending = null;
  showIdle();
  focusField();
}

// MARK: the check-in

async function confirm() {
  const { pending } = state;
  if (!pending || pending.kind === "price" || state.busy) return;
  if (pending.kind === "person" && !pending.served && !pending.person.prices?.[quoteOf[state.mode]]) {
    return;
  }
  state.busy = true;
  try {
    await submit(pending);
  } finally {
    state.busy = false;
    focusField();
  }
}

async function submit(pending) {
  const isFull = pending.kind === "guest" || Boolean(pending.served ?? pending.person.refusal);
  const name = pending.kind === "guest" ? words.guests[pending.guest] : pending.person.name;
  const quote = pending.kind === "guest" ? { dinerFen: pending.priceFen }
    : isFull ? fullPrice(pending.person) : pending.person.prices[quoteOf[state.mode]];
  const request = {
    // Made once for this act: whatever happens to the line, the server counts the key once.
    key: (pending.key ??= crypto.randomUUID()),
    ...(pending.kind === "guest" ? { guest: { kind: pending.guest } } : { dinerId: pending.person.dinerId }),
    mode: state.mode, means: state.means, fullPrice: pending.kind !== "guest" && isFull,
    servedAt: (pending.servedAt ??= now().toISOString()),
    auth: pending.person?.auth ?? "manual", listFen: quote?.listFen ?? pending.priceFen ?? null,
    quotedFen: quote?.dinerFen ?? null, offline: false,
  };
  try {
    const { body } = await post("/check-ins", request);
    state.pending = null;
    showDone(name, body.checkIn.dinerFen);
    setOnline(true);
    await drawNow();
  } catch (error) {
    await recover(error, pending, request, name, quote);
  }
}

async function recover(error, pending, request, name, quote) {
  if (error instanceof Offline) {
    await enqueue(
      { ...request, offline: true, snapshotId: pending.person?.snapshotId ?? null },
      { name, day: state.today?.serviceDay, period: state.today?.period });
    state.pending = null;
    showDone(name, quote?.dinerFen ?? 0, { queued: true });
    return setOnline(false);
  }
  if (error instanceof Problem && error.code === "already_served") {
    // Another act, and so another key.
    state.pending = { kind: "person", person: pending.person, served: error };
    return drawPending();
  }
  await handle(error);
}

async function undoQueued(entry) {
  state.pending = null;
  if (await takeBack(entry.number)) showSentence("good", words.undone, entry.name);
  else showSentence("warn", words.sentMeanwhile, entry.name);
  focusField();
}

async function undo(checkIn) {
  try {
    await post(`/check-ins/${checkIn.key}/reversal`, {});
    state.pending = null;
    showSentence("good", words.undone, checkIn.name);
    await drawNow();
  } catch (error) {
    await handle(error);
  }
  focusField();
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
  if (!session?.staff || !state.online) return;
  try {
    await refreshSnapshot(session.terminal.snapshotKey);
    document.body.dataset.snapshot = "held";
  } catch (error) {
    await handle(error);
  }
}

async function work(session) {
  $("lock").hidden = false;
  $("lock").textContent = `${session.staff.name} · ${words.lock}`;
  showScreen("counter");
  showIdle();
  await drawKept();
  await beat();
  await renewSnapshot();
  focusField();
}

fillWords();
$("field").placeholder = words.field;
drawChoices();
addEventListener("keydown", onKey);
addEventListener("online", beat);
addEventListener("offline", () => setOnline(false));
document.addEventListener("click", () => setTimeout(focusField));
$("field").addEventListener("blur", () => setTimeout(focusField, 200));
$("judge").addEventListener("click", () => openExceptions(() => { showScreen("counter"); beat(); focusField(); }));
$("line").addEventListener("click", beat);
setInterval(beat, 4000);
setInterval(renewSnapshot, 600_000);
setInterval(() => {
  $("clock").textContent = new Intl.DateTimeFormat("zh-CN", {
    hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
  }).format(now());
}, 1000);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/counter/sw.js", { scope: "/counter" });
begin(work).catch(handle);
