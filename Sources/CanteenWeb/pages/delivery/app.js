// A courier's round on a phone: the stops in order, and what happened at each door. It works without
// network: the round is kept on the device for its day, receipts wait until the line is back.

import { Offline, Problem, background, get, trust } from "/counter/api.js";
import { dayOf, endOfDay, endOfShift, now, setClock } from "/counter/clock.js";
import { $, make } from "/counter/page.js";
import { expire, forget, forgetPersons, keep, kept } from "/counter/store.js";
import { add, dismiss, receipts, send } from "/delivery/receipts.js";

const keptName = "delivery-round";
const periods = { breakfast: "早餐", lunch: "午餐", dinner: "晚餐" };
let session = null;
let meal = null;
let chosen = null;
/** How many receipts the page shows as waiting; another tab may have sent them meanwhile. */
let shown = 0;

const clock = (text) => text.slice(11, 16);

function say(sentence) { $("said").textContent = sentence; }

/** Finds out who works here; without network whoever did before goes on.
    @param more `background` unless somebody has just done something. */
async function enter(more) {
  try {
    session = await get("/session", more);
    setClock(session.now);
    trust(session.csrf);
    await keep("session", { ...session, until: endOfShift(session.now) });
  } catch (error) {
    if (!(error instanceof Offline)) {
      if (error.code === "terminal_unknown") await forgetPersons();
      return say("请先在 /counter 登记本机并登录");
    }
    session = await kept("session");
    trust(session?.csrf);
  }
  if (!session?.staff) return say("请先在 /counter 登录，再打开本页");
  $("place").textContent = session.terminal?.canteen.name ?? "";
  await load(more);
}

/** The rounds from the server, or those that were kept today. */
async function load(more) {
  try {
    const today = await get("/today", more);
    const rounds = await get("/delivery", more);
    meal = { day: today.serviceDay, period: today.period ?? "lunch", rounds };
    await keep(keptName, { ...meal, until: endOfDay(meal.day) });
    $("line").textContent = "";
    say(rounds.length ? "" : "这一餐还没有排送餐路线");
  } catch (error) {
    if (error instanceof Problem) return say(error.message);
    if (!(error instanceof Offline)) throw error;
    $("line").textContent = "离线";
    meal = await kept(keptName);
  }
  // Doors and phones stay on a phone for their day only.
  if (meal && meal.day !== dayOf(now())) {
    await forget(keptName);
    meal = null;
  }
  if (!meal) return say("没有今天的路线，请联网后再打开");
  await draw();
}

async function draw() {
  // Nobody's half-typed name is wiped.
  if (document.activeElement?.tagName === "INPUT" && document.activeElement.value) return;
  $("meal").textContent = `${meal.day} ${periods[meal.period] ?? ""}`;
  const rounds = meal.rounds;
  if (!rounds.some((round) => round.round === chosen)) {
    const own = rounds.find((round) => round.courier === session.staff.name) ?? rounds.at(-1);
    chosen = own?.round ?? null;
  }
  $("rounds").replaceChildren(...rounds.map((round) => make("button", {
    className: round.round === chosen ? "chosen" : "",
    text: `${round.courier || "未分配"}（${round.stops.length}）`,
    onTap: () => { chosen = round.round; draw(); },
  })));
  const waiting = await receipts();
  shown = waiting.filter((entry) => !entry.problem).length;
  const round = rounds.find((one) => one.round === chosen);
  $("stops").replaceChildren(...(round?.stops ?? []).map((stop, index) => card(stop, index, waiting)));
}

/** One door. */
function card(stop, index, waiting) {
  const own = waiting.find((entry) => entry.request.dinerId === stop.dinerId
    && entry.request.day === meal.day && entry.request.period === meal.period);
  const received = stop.receivedBy
    ? `${clock(stop.receivedAt)} ${stop.receivedBy} 签收`
    : own && !own.problem ? `${clock(own.request.receivedAt)} ${own.request.receivedBy} 签收，待上传` : "";
  const item = make("li", {
    className: `stop${received ? " done" : ""}${own?.problem ? " stuck" : ""}${stop.wanted ? "" : " off"}`,
    data: { diner: stop.dinerId },
  });
  item.append(
    make("h2", { text: `${index + 1}. ${stop.name}` }),
    make("p", { text: `${stop.group} ${stop.address || "缺地址"}` }),
    make("p", { text: stop.dishes.join("、") }));
  if (stop.warnings.length) item.append(make("p", {}, make("span", { className: "warning", text: stop.warnings.join(" · ") })));
  if (stop.note) item.append(make("p", { text: `备注：${stop.note}` }));
  if (!stop.wanted) item.append(make("p", { className: "state", text: "已取消，不送" }));
  if (received) item.append(make("p", { className: "state", text: received }));
  if (own?.problem) {
    item.append(
      make("p", { className: "state", text: own.problem }),
      make("div", { className: "row" }, make("button", {
        text: "知道了", onTap: async () => { await dismiss(own); await load(); },
      })));
  } else if (!received && stop.wanted) {
    item.append(actions(stop));
  }
  return item;
}

function actions(stop) {
  const row = make("div", { className: "row" });
  const name = make("input", { placeholder: "代收人姓名", maxlength: "30", "aria-label": "代收人姓名" });
  row.append(make("button", {
    className: "main own", text: "本人签收", onTap: () => receive(stop, stop.name, false),
  }));
  if (stop.phone) row.append(make("a", { className: "call", text: "打电话", href: `tel:${stop.phone}` }));
  row.append(name, make("button", {
    className: "proxy", text: "代收",
    onTap: () => (name.value.trim() ? receive(stop, name.value.trim(), true) : name.focus()),
  }));
  return row;
}

async function receive(stop, receivedBy, proxy) {
  document.activeElement?.blur();
  await add({
    dinerId: stop.dinerId, day: meal.day, period: meal.period, receivedBy, proxy,
    receivedAt: new Date(now().getTime() + 8 * 3600_000).toISOString().slice(0, 19) + "+08:00",
    courier: meal.rounds.find((round) => round.round === chosen)?.courier || session.staff.name,
  });
  await draw();
  await flush();
}

/** Sends what waits, and looks at the round again where something came of it: drawing it anew for
    nothing would wipe a name that somebody is typing. */
async function flush(more) {
  if (!session?.staff || !meal) return;
  const waiting = (await receipts()).filter((entry) => !entry.problem).length;
  if (waiting === 0 && shown === 0) return;
  if (waiting === 0 || await send(more)) await load(more);
}

addEventListener("online", () => enter(background).then(() => flush(background)));
setInterval(() => flush(background), 5_000);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/delivery/sw.js", { scope: "/delivery" });
setInterval(() => expire(now()), 600_000);
await expire(now());
await enter();
await flush();
