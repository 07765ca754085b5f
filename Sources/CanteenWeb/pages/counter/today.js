// The column beside the work: today's menu, how many were served, and the last ten with undo.

import { $, make } from "./page.js";
import { hourAndMinute, words, yuan } from "./words.js";

/** @param queued check-ins that wait for the line, the oldest first. */
export function drawToday(today, queued, { onUndo, onTakeBack }) {
  $("period").textContent = today.period ? words.periods[today.period] ?? today.period : words.closed;
  drawMenu(today.menu ?? []);
  drawCounts(today.counts);
  const waiting = queued.filter((entry) => !entry.problem).reverse();
  const told = new Set(waiting.map(({ request }) => request.key));
  $("last").replaceChildren(
    ...waiting.map((entry) => waitingLine(entry, onTakeBack)),
    ...(today.lastCheckIns ?? []).filter(({ key }) => !told.has(key))
      .map((checkIn) => line(checkIn, onUndo)));
}

function drawMenu(dishes) {
  $("menu").replaceChildren(...(dishes.length ? dishes : [{ dish: words.noMenu, allergens: [] }])
    .map((dish) => make("li", {},
      make("span", { text: dish.dish }),
      make("small", { text: (dish.allergens ?? []).join("、") }))));
}

function drawCounts(counts) {
  const shown = [["total", words.total], ["dineIn", words.modes.dine_in],
    ["takeaway", words.modes.takeaway], ["delivery", words.modes.delivery]];
  $("counts").replaceChildren(...shown.flatMap(([key, title]) => [
    make("dt", { text: title }), make("dd", { text: counts ? String(counts[key] ?? 0) : "—", data: { count: key } }),
  ]));
}

function waitingLine(entry, onTakeBack) {
  const { servedAt, quotedFen } = entry.request;
  const text = `${hourAndMinute(servedAt)} ${entry.name} ${quotedFen === null ? "" : yuan(quotedFen)}`;
  return make("li", { className: entry.takenBack ? "waiting reversed" : "waiting", data: { key: entry.request.key } },
    make("span", { text }),
    ...(entry.takenBack ? [make("small", { text: entry.needs ?? words.undoWaits })]
      : [make("small", { text: words.waits }),
        make("button", { text: words.undo, onTap: () => onTakeBack(entry) })]));
}

function line(checkIn, onUndo) {
  const text = `${hourAndMinute(checkIn.servedAt)} ${checkIn.name} ${yuan(checkIn.dinerFen)}`;
  return make("li", { className: checkIn.reversed ? "reversed" : "", data: { key: checkIn.key } },
    make("span", { text }),
    checkIn.reversed ? make("small", { text: words.reversed })
      : make("button", { text: words.undo, onTap: () => onUndo(checkIn) }));
}
