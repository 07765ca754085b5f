// The column beside the work: today's menu, how many were served, and the last ten with undo.

import { $, make } from "./page.js";
import { hourAndMinute, words, yuan } from "./words.js";

export function drawToday(today, onUndo) {
  $("period").textContent = today.period ? words.periods[today.period] ?? today.period : words.closed;
  drawMenu(today.menu ?? []);
  drawCounts(today.counts);
  $("last").replaceChildren(...(today.lastCheckIns ?? []).map((checkIn) => line(checkIn, onUndo)));
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
    make("dt", { text: title }), make("dd", { text: String(counts?.[key] ?? 0), data: { count: key } }),
  ]));
}

function line(checkIn, onUndo) {
  const text = `${hourAndMinute(checkIn.servedAt)} ${checkIn.name} ${yuan(checkIn.dinerFen)}`;
  return make("li", { className: checkIn.reversed ? "reversed" : "", data: { key: checkIn.key } },
    make("span", { text }),
    checkIn.reversed ? make("small", { text: words.reversed })
      : make("button", { text: words.undo, onTap: () => onUndo(checkIn) }));
}
