// Keeps a posting with its photo on the phone where there is no signal, and sends it when the line is back.
// Without script the form is sent as any other. What is kept is of one person; it goes when it was taken.
(function () {
  "use strict";
  if (!window.indexedDB || !window.fetch || !window.FormData) return;
  const forms = Array.from(document.querySelectorAll("form[data-desk-posting]"));
  const owner = forms.length ? forms[0].dataset.deskPosting : "";
  let sending = false;

  function store(mode, work) {
    return new Promise(function (resolve, reject) {
      const opening = indexedDB.open("desk-postings", 1);
      opening.onupgradeneeded = function () { opening.result.createObjectStore("kept", { keyPath: "sent_key" }); };
      opening.onerror = function () { reject(opening.error); };
      opening.onsuccess = function () {
        const base = opening.result, deal = base.transaction("kept", mode), asked = work(deal.objectStore("kept"));
        deal.oncomplete = function () { base.close(); resolve(asked.result); };
        deal.onerror = deal.onabort = function () { base.close(); reject(deal.error); };
      };
    });
  }

  function kept() {
    return store("readonly", function (box) { return box.getAll(); }).then(function (all) {
      return all.filter(function (one) { return one.owner === owner; });
    });
  }

  function tell(words) {
    document.querySelectorAll("[data-desk-posting-said]").forEach(function (said) {
      said.textContent = words;
      said.hidden = !words;
    });
  }

  function drawn() {
    const bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    return Array.from(bytes, function (one) { return one.toString(16).padStart(2, "0"); }).join("");
  }

  // What was refused is not sent again by itself, and its photo goes back to whoever took it.
  function giveBack(one) {
    tell("有一次张贴没有收下：" + one.refused + " 请重新登记。");
    const said = document.querySelector("[data-desk-posting-said]");
    if (!said) return;
    if (one.photo) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([one.photo], { type: one.type }));
      link.download = "张贴照片";
      link.textContent = "把照片存回手机";
      said.append(" ", link);
    }
    const away = document.createElement("button");
    away.type = "button";
    away.className = "desk-other";
    away.textContent = "知道了，删掉这一次";
    away.addEventListener("click", function () {
      store("readwrite", function (box) { return box.delete(one.sent_key); }).then(function () { tell(""); return sendAll(); });
    });
    said.append(" ", away);
  }

  // What the form holds, as plain things that survive the page: a file is kept as its bytes.
  async function taken(form) {
    const photo = form.querySelector("[name=photo]").files[0];
    return {
      sent_key: drawn(),
      owner: owner,
      action: form.getAttribute("action"),
      seen_on: form.querySelector("[name=seen_on]").value,
      note: form.querySelector("[name=note]").value,
      claimed_at: new Date().toISOString(),
      photo: photo ? await photo.arrayBuffer() : null,
      type: photo ? photo.type : "",
    };
  }

  // Returns "done", "away" (no line, or signed out: kept on) or why it was refused.
  async function send(one, token) {
    const data = new FormData();
    ["seen_on", "note", "claimed_at", "sent_key"].forEach(function (name) { data.set(name, one[name]); });
    data.set("do", "posting");
    data.set("csrfmiddlewaretoken", token);
    if (one.photo) data.set("photo", new Blob([one.photo], { type: one.type }), "photo");
    let answer;
    try {
      answer = await fetch(one.action, { method: "POST", body: data, credentials: "same-origin" });
    } catch (error) {
      return "away";
    }
    const ours = new URL(answer.url).pathname === one.action;
    if (answer.ok && ours) return "done";
    if (answer.status === 422) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const why = page.querySelector(".desk-refusal");
      return why ? why.textContent.trim() : "没有收下";
    }
    return "away";
  }

  async function sendAll() {
    if (sending || !forms.length) return;
    sending = true;
    try {
      const waiting = (await kept()).filter(function (one) { return !one.refused; });
      const token = forms[0].querySelector("[name=csrfmiddlewaretoken]").value;
      let done = 0;
      for (const one of waiting) {
        const said = await send(one, token);
        if (said === "done") {
          await store("readwrite", function (box) { return box.delete(one.sent_key); });
          done += 1;
        } else if (said !== "away") {
          one.refused = said;
          await store("readwrite", function (box) { return box.put(one); });
        }
      }
      const all = await kept(), left = all.filter(function (one) { return !one.refused; }).length;
      const refused = all.find(function (one) { return one.refused; });
      if (refused) giveBack(refused);
      else if (left) tell("还有 " + left + " 次张贴存在这部手机里，有信号了自动送。请不要清理浏览器。");
      else if (done) { tell("存在手机里的 " + done + " 次张贴已经送到。"); }
    } finally {
      sending = false;
    }
  }

  forms.forEach(function (form) {
    form.addEventListener("submit", function (event) {
      // With a line the form goes the plain way; what the browser says of the line is only believed when it says no.
      if (navigator.onLine) return;
      event.preventDefault();
      taken(form)
        .then(function (one) { return store("readwrite", function (box) { return box.add(one); }); })
        .then(function () { form.reset(); return kept(); })
        .then(function (all) { tell("没有信号，已经存在这部手机里（" + all.length + " 次）。有信号了自动送，请不要清理浏览器。"); })
        .catch(function () { tell("这部手机存不下，请留着照片，有信号了再登记。"); });
    });
  });
  window.addEventListener("online", function () { sendAll().catch(function () {}); });
  if (navigator.onLine) sendAll().catch(function () {});
  else kept().then(function (all) { if (all.length) tell("有 " + all.length + " 次张贴存在这部手机里，有信号了自动送。"); }).catch(function () {});
})();
