// The street office's day: drawn by the server, drawn again when something was checked in.

import { background } from "/counter/api.js";

const today = document.getElementById("today");
const state = document.getElementById("state");
let asking = false;
let again = false;

const time = () => new Intl.DateTimeFormat("zh-CN", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
}).format(new Date());

/** @param more `background` unless somebody has just opened the page. */
async function draw(more = {}) {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const response = await fetch("/street/fragment", {
      headers: more, cache: "no-store", credentials: "same-origin",
    });
    if (response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      today.replaceChildren(...page.body.childNodes);
      state.textContent = `更新于 ${time()}`;
    } else {
      const problem = await response.json().catch(() => ({}));
      state.textContent = problem.detail ?? "暂时读不到";
    }
  } catch {
    state.textContent = "连接中断，正在重试";
  }
  asking = false;
  if (again) {
    again = false;
    setTimeout(redraw, 500);
  }
}

const redraw = () => draw(background);
const events = new EventSource("/api/v1/street/events");
events.addEventListener("today", redraw);
events.onopen = redraw;
events.onerror = () => { state.textContent = "连接中断，正在重试"; };
setInterval(redraw, 30_000);
draw();
