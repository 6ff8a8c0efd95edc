// Registers a posting where there is no signal: what is typed and photographed waits in the browser and is sent
// when the line is back, on whatever page of the desk. Without script the form is sent as any other.
(function () {
  "use strict";
  const facts = document.querySelector("[data-desk-line]"), kept = window.deskPostings;
  if (!facts || !kept) return;
  const owner = facts.dataset.deskOwner, line = facts.dataset.deskLine, here = document.querySelector("[data-desk-postings]");
  const SIGNED_OUT = "登录已过期，照片还在这部手机里，请重新登录，登录以后自动送。";
  let waiting = 0, others = 0, worker = null;

  // Where there is no place for it, a line at the top of the page tells what waits.
  function places() {
    const found = Array.from(document.querySelectorAll("[data-desk-posting-said]"));
    if (found.length) return found;
    const page = document.querySelector(".desk-page");
    if (!page) return [];
    const said = document.createElement("p");
    said.className = "desk-kept";
    said.setAttribute("role", "status");
    said.dataset.deskPostingSaid = "";
    said.hidden = true;
    page.prepend(said);
    return [said];
  }

  function tell(words) {
    if (!words && !document.querySelector("[data-desk-posting-said]")) return;
    places().forEach(function (said) {
      said.textContent = words;
      said.hidden = !words;
    });
  }

  function made(tag, words, name) {
    const one = document.createElement(tag);
    one.textContent = words;
    if (name) one.className = name;
    return one;
  }

  // What was refused is not sent again by itself, and its photo goes back to whoever took it.
  function waysOut(one) {
    const ways = [];
    if (one.photo) {
      const link = made("a", "把照片存回手机");
      link.href = URL.createObjectURL(new Blob([one.photo], { type: one.type }));
      link.download = "张贴照片";
      ways.push(link);
    }
    const away = made("button", "知道了，删掉这一次", "desk-other");
    away.type = "button";
    away.addEventListener("click", function () { kept.remove(one.sent_key).then(function () { tell(""); return tick(); }); });
    ways.push(away);
    return ways;
  }

  function giveBack(one) {
    tell("有一次张贴没有收下：" + one.refused + " 请重新登记。");
    const said = places()[0];
    if (said) waysOut(one).forEach(function (way) { said.append(" ", way); });
  }

  // The posting page lists what waits on this phone, each by itself.
  function list(all) {
    const box = here && here.querySelector("[data-desk-postings-kept]");
    if (!box) return;
    box.replaceChildren.apply(box, all.map(function (one) {
      const item = document.createElement("li"), at = new Date(one.claimed_at);
      item.append(made("b", one.title), made("span", at.toLocaleString("zh-CN") + (one.photo ? " · 有照片" : " · 没有照片")));
      item.append(made("span", one.refused ? "没有收下：" + one.refused : "等信号，有信号了自动送", one.refused ? "refused" : "waits"));
      if (one.refused) waysOut(one).forEach(function (way) { item.append(way); });
      return item;
    }));
    here.querySelector("[data-desk-postings-none]").hidden = all.length > 0;
  }

  async function show(result) {
    const every = await kept.everybodys(), all = await kept.all(owner), refused = all.find(function (one) { return one.refused; });
    others = every.length - all.length;
    waiting = all.filter(function (one) { return !one.refused; }).length;
    list(all);
    if (refused && !here) giveBack(refused);
    else if (waiting && result.away === "signed out") tell(SIGNED_OUT);
    else if (waiting && result.away === "another person") tell("这部手机里有另一位的张贴，等那一位登录再送。");
    else if (waiting) tell("还有 " + waiting + " 次张贴存在这部手机里，有信号了自动送。请不要清理浏览器。");
    else if (result.done) tell("存在手机里的 " + result.done + " 次张贴已经送到。");
    else if (here) tell("");
  }

  async function tick() {
    await show(navigator.onLine ? await kept.sendAll(owner, line) : { done: 0, away: "no line" });
  }

  function failed() {
    tell("这部手机存不下，请留着照片，有信号了再登记。");
  }

  document.querySelectorAll("form[data-desk-posting]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      // With a line the form goes the plain way; what the browser says of the line is only believed when it says no.
      if (navigator.onLine) return;
      event.preventDefault();
      kept.keep(form, owner, form.getAttribute("action"), form.dataset.deskPosting)
        .then(function () { form.reset(); return kept.all(owner); })
        .then(function (all) {
          waiting = all.length;
          tell("没有信号，已经存在这部手机里（" + all.length + " 次）。有信号了自动送，请不要清理浏览器。");
        })
        .catch(failed);
    });
  });

  if (here) {
    const form = here.querySelector("form"), chosen = form.querySelector("[name=list]"), number = form.querySelector("[name=number]");
    const day = form.querySelector("[name=seen_on]"), now = new Date();
    // The page may be of another day: what counts is the phone's.
    day.value = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(function (n) { return String(n).padStart(2, "0"); }).join("-");
    form.querySelector("button").disabled = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const typed = number.value.trim().toUpperCase(), wanted = typed || chosen.value;
      const wrong = !/^[0-9A-Z-]{6,40}$/.test(wanted);
      here.querySelector("[data-desk-postings-wrong]").hidden = !wrong;
      if (wrong) { chosen.focus(); return; }
      const title = typed ? "名单 " + typed : chosen.selectedOptions[0].textContent;
      // Always kept first: a line that breaks half way loses no photo.
      kept.keep(form, owner, form.dataset.deskPostingsTo.replace("NUMBER", wanted), title)
        .then(function () { form.querySelector("[name=photo]").value = number.value = ""; return tick(); })
        .catch(failed);
    });
  }

  // Whoever signs out leaves nothing behind; photos that were not sent yet would go with the rest, other people's too.
  document.addEventListener("submit", function (event) {
    const to = event.target.getAttribute("action") || "";
    if (!to.endsWith("/logout/")) return;
    const whose = others ? "（其中 " + others + " 次是别人拍的）" : "";
    const words = "这部手机里还有 " + (waiting + others) + " 次张贴没有送到" + whose + "，退出登录会一起删掉。确定退出吗？";
    if (waiting + others && !window.confirm(words)) event.preventDefault();
    // The answer has the browser drop everything; not every browser does.
    else if (navigator.onLine && worker && worker.active) worker.active.postMessage({ leave: true });
  }, true);

  // From now on the posting page opens without a line.
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(facts.dataset.deskWorker, { scope: facts.dataset.deskScope })
      .then(function (found) {
        worker = found;
        if (found.active) found.active.postMessage({ look: true, owner: owner });
      })
      .catch(function () {});
  }
  window.addEventListener("online", function () { tick().catch(function () {}); });
  tick().catch(function () {});
})();
