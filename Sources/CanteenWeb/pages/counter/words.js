// What the page says, Chinese first. `?lang=en` asks for English and is remembered.

const zh = {
  title: "长者食堂 · 柜台",
  enrolTitle: "登记此设备",
  enrolHint: "请管理员运行 canteen terminal enrol，把得到的登记码填在这里。",
  enrol: "登记",
  signInTitle: "请选择姓名，输入口令",
  field: "刷卡、扫码，或身份证、手机后四位、姓名首字母",
  idle: "请刷卡或扫码",
  pay: "应付",
  list: "餐费",
  free: "免费",
  confirm: "确认就餐",
  fullPrice: "按原价",
  cancel: "取消",
  choose: "请选择",
  chooseMore: "请选择；还有更多，请输入更多",
  done: "已签到",
  queued: "已记下，联网后补传",
  servedBefore: "今日已就餐",
  ageYears: "周岁",
  nobody: "查无此人",
  nobodyHint: "请换一种方式核验，或按“家属”等以原价就餐。",
  nobodyOffline: "离线名册里没有，请记下姓名，或以原价就餐。",
  snapshotMissing: "离线名册没有或已过期，离线时只能以原价就餐。",
  noPrice: "今天这一餐没有公布套餐价",
  setPrice: "输入餐费",
  priceOfMeal: "本餐餐费（元）",
  priceWrong: "餐费应在 0.01 到 1000 元之间",
  clash: "忌口",
  undo: "撤销",
  undone: "已撤销",
  reversed: "已冲正",
  waits: "待传",
  sentMeanwhile: "已经补传，请在“最近十笔”中撤销",
  undoQueued: "已记下撤销，联网后补传",
  undoWaits: "撤销待传",
  undoneOffline: "离线时撤销",
  otherTerminal: (staff) => `本机已登记为另一终端，不能补传原终端的签到（经手人${staff ?? "不详"}），请核对后补录`,
  undoAtOtherTerminal: (staff) => `本机已登记为另一终端，不能在此撤销原终端的签到（经手人${staff ?? "不详"}），请到账上核对并冲正`,
  retry: "再试",
  tailOnly: "离线时只核对了后四位，请认人后选择",
  tailAgrees: "仅后四位相符",
  officeTitle: "街道经办",
  street: "今日助餐",
  report: "服务统计",
  statements: "结算单",
  menu: "今日菜单",
  noMenu: "没有公布菜单",
  count: "今日人次",
  total: "合计",
  last: "最近十笔",
  online: "在线",
  offline: "离线",
  waiting: (n) => `待传 ${n} 笔`,
  stuck: (n) => `${n} 笔须处理`,
  lock: "锁定",
  exceptions: (n) => `待处理 ${n}`,
  exceptionsTitle: "待处理：迟到或冲突的签到",
  noExceptions: "没有待处理的签到",
  accept: "按现价入账",
  acceptFullPrice: "按原价入账",
  reject: "不入账",
  reason: "柜台核对",
  back: "返回柜台",
  closed: "现在没有餐次",
  failed: "系统没有处理成功，请再试一次",
  modes: { dine_in: "堂食", takeaway: "自提", delivery: "送餐" },
  means: { cash: "现金", wechat: "微信", alipay: "支付宝", card: "刷卡", charity: "慈善", points: "积分" },
  guests: { family: "家属", volunteer: "志愿者", staff: "工作人员" },
  periods: { breakfast: "早餐", lunch: "午餐", dinner: "晚餐" },
  clear: "清除",
  enter: "确定",
};

const en = {
  title: "Canteen · counter",
  enrolTitle: "Enrol this device",
  enrolHint: "An administrator runs canteen terminal enrol; type the code here.",
  enrol: "Enrol",
  signInTitle: "Choose your name and type your PIN",
  field: "Card, code, last four of ID or phone, initials",
  idle: "Scan a card or a code",
  pay: "To pay",
  list: "Price",
  free: "Free",
  confirm: "Check in",
  fullPrice: "Full price",
  cancel: "Cancel",
  choose: "Choose",
  chooseMore: "Choose; there are more, type more",
  done: "Checked in",
  queued: "Kept; sent when the line is back",
  servedBefore: "Served before today",
  ageYears: "years",
  nobody: "Nobody found",
  nobodyHint: "Try another key, or serve at full price as a guest.",
  nobodyOffline: "Not in the off-line roster: note the name, or serve at full price.",
  snapshotMissing: "No valid off-line roster: only full price until the line is back.",
  noPrice: "No set price was published for this meal",
  setPrice: "Enter the price",
  priceOfMeal: "Price of this meal (yuan)",
  priceWrong: "A price lies between 0.01 and 1000 yuan",
  clash: "Must not eat",
  undo: "Undo",
  undone: "Undone",
  reversed: "reversed",
  waits: "waits",
  sentMeanwhile: "It was sent meanwhile; undo it among the last ten",
  undoQueued: "Undoing it is kept; sent when the line is back",
  undoWaits: "undo waits",
  undoneOffline: "undone off line",
  otherTerminal: (staff) =>
    `This device is another terminal now and cannot send the old one's check-ins (${staff ?? "?"})`,
  undoAtOtherTerminal: (staff) =>
    `This device is another terminal now and cannot undo the old one's check-ins (${staff ?? "?"}): see the books`,
  retry: "Try again",
  tailOnly: "Off line only the last four were compared: look who it is, then choose",
  tailAgrees: "last four agree",
  officeTitle: "Street office",
  street: "Today",
  report: "Service report",
  statements: "Statements",
  menu: "Today's menu",
  noMenu: "No menu was published",
  count: "Served today",
  total: "Total",
  last: "Last ten",
  online: "On line",
  offline: "Off line",
  waiting: (n) => `${n} waiting`,
  stuck: (n) => `${n} need attention`,
  lock: "Lock",
  exceptions: (n) => `${n} to decide`,
  exceptionsTitle: "To decide: late or conflicting check-ins",
  noExceptions: "Nothing to decide",
  accept: "Accept",
  acceptFullPrice: "Accept at full price",
  reject: "Reject",
  reason: "checked at the counter",
  back: "Back to the counter",
  closed: "No meal is served now",
  failed: "That did not work; please try again",
  modes: { dine_in: "Dine in", takeaway: "Take away", delivery: "Delivery" },
  means: { cash: "Cash", wechat: "WeChat", alipay: "Alipay", card: "Card", charity: "Charity", points: "Points" },
  guests: { family: "Family", volunteer: "Volunteer", staff: "Staff" },
  periods: { breakfast: "Breakfast", lunch: "Lunch", dinner: "Dinner" },
  clear: "Clear",
  enter: "OK",
};

const asked = new URLSearchParams(location.search).get("lang");
if (asked) localStorage.setItem("lang", asked);

export const language = localStorage.getItem("lang") === "en" ? "en" : "zh";
export const words = language === "en" ? en : zh;

/** Fills every element that names a word. */
export function fillWords(root = document) {
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  document.title = words.title;
  for (const element of root.querySelectorAll("[data-word]")) {
    element.textContent = words[element.dataset.word];
  }
}

/** Fen as yuan: 900 → 9.00. */
export function yuan(fen) {
  const sign = fen < 0 ? "-" : "";
  const digits = String(Math.abs(fen)).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A time of an ISO text as the canteen's clock shows it: 12:04. */
export function hourAndMinute(iso) {
  return new Intl.DateTimeFormat("zh-CN", {
    hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
  }).format(new Date(iso));
}
