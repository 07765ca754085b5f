// Exceptions: check-ins that came late or in conflict, and what the queue could not hand over.

import { Offline, get, post } from "./api.js";
import { $, make, say, showScreen } from "./page.js";
import { retry, takeBack } from "./queue.js";
import { queueAll } from "./store.js";
import { hourAndMinute, words, yuan } from "./words.js";

export async function openExceptions(onBack) {
  $("back").onclick = onBack;
  say("exceptions", "");
  showScreen("exceptions");
  await draw();
}

async function draw() {
  const stuck = (await queueAll()).filter((entry) => entry.problem);
  let kept = [];
  try {
    kept = await get("/exceptions");
  } catch (error) {
    say("exceptions", error instanceof Offline ? words.offline : error.message);
  }
  const lines = [...kept.map(exception), ...stuck.map(stuckEntry)];
  $("exception-list").replaceChildren(
    ...(lines.length ? lines : [make("li", { text: words.noExceptions })]));
}

function exception(one) {
  const text = [one.name, words.periods[one.period] ?? one.period, one.servedAt && hourAndMinute(one.servedAt),
    one.listFen !== undefined && yuan(one.listFen)].filter(Boolean).join(" · ");
  const decide = async (decision) => {
    try {
      await post(`/exceptions/${one.id}/decision`, { decision, reason: words.reason });
      say("exceptions", "");
    } catch (error) {
      say("exceptions", error instanceof Offline ? words.offline : error.message);
    }
    await draw();
  };
  return make("li", { data: { exception: one.id } },
    make("p", { className: "word", text }), make("p", { text: one.sentence }),
    make("div", { className: "row" },
      make("button", { text: words.accept, onTap: () => decide("accept") }),
      make("button", { text: words.acceptFullPrice, onTap: () => decide("accept_full_price") }),
      make("button", { text: words.reject, onTap: () => decide("reject") })));
}

/** The server would not take it at all: shown until a person has dealt with it. What it may have taken all
    the same is not dropped but undone there. */
function stuckEntry(entry) {
  const act = (text, change) => make("button", {
    text, onTap: async () => { await change(entry.number); await draw(); },
  });
  const title = [entry.name, hourAndMinute(entry.request.servedAt),
    entry.takenBack && words.undo].filter(Boolean).join(" · ");
  return make("li", { data: { stuck: entry.request.key } },
    make("p", { className: "word", text: title }), make("p", { text: entry.problem.sentence }),
    make("div", { className: "row" }, act(words.retry, retry), act(words.reject, takeBack)));
}
