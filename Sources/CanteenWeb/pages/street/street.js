// The street office's day: drawn by the server, drawn again when something was checked in.

const today = document.getElementById("today");
const state = document.getElementById("state");
let asking = false;
let again = false;

const time = () => new Intl.DateTimeFormat("zh-CN", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
}).format(new Date());

async function draw() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const response = await fetch("/street/fragment", { cache: "no-store", credentials: "same-origin" });
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
    setTimeout(draw, 500);
  }
}

const events = new EventSource("/api/v1/street/events");
events.addEventListener("today", draw);
events.onopen = draw;
events.onerror = () => { state.textContent = "连接中断，正在重试"; };
setInterval(draw, 30_000);
draw();
