// Postings that wait on this phone until there is a line: kept in the browser, sent by whoever took them.
// What is kept is of one person (`owner`); it goes when it was sent, given up, or that person signs out.
window.deskPostings = (function () {
  "use strict";
  if (!window.indexedDB || !window.fetch || !window.FormData || !window.crypto) return null;

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

  function put(one) {
    return store("readwrite", function (box) { return box.put(one); });
  }

  function remove(key) {
    return store("readwrite", function (box) { return box.delete(key); });
  }

  // Of everybody who uses this phone.
  function everybodys() {
    return store("readonly", function (box) { return box.getAll(); });
  }

  async function all(owner) {
    const mine = (await everybodys()).filter(function (one) { return one.owner === owner; });
    return mine.sort(function (a, b) { return a.claimed_at < b.claimed_at ? -1 : 1; });
  }

  function drawn() {
    const bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    return Array.from(bytes, function (one) { return one.toString(16).padStart(2, "0"); }).join("");
  }

  // What the form holds, as plain things that survive the page: a file is kept as its bytes.
  async function keep(form, owner, action, title) {
    const photo = form.querySelector("[name=photo]").files[0];
    const one = {
      sent_key: drawn(),
      owner: owner,
      action: action,
      title: title,
      seen_on: form.querySelector("[name=seen_on]").value,
      note: form.querySelector("[name=note]").value,
      claimed_at: new Date().toISOString(),
      photo: photo ? await photo.arrayBuffer() : null,
      type: photo ? photo.type : "",
    };
    await put(one);
    return one;
  }

  // Returns who is signed in, with what a form must carry; null without a line or signed out.
  async function lineAt(address) {
    try {
      // Never on to the sign-in page: its cookie would take the place of the one that belongs to a sign-in page
      // that is being opened at this moment, and who signs in there would be refused.
      const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
      if (!answer.ok) return { away: "signed out" };
      return await answer.json();
    } catch (error) {
      return { away: "no line" };
    }
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
    if (answer.ok && new URL(answer.url).pathname === one.action) return "done";
    if (answer.status === 404) return "没有这份名单，或者不归您管，请核对编号。";
    if (answer.status === 413) return "照片太大了，请拍小一点再登记。";
    if (answer.status === 422) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const why = page.querySelector(".desk-refusal");
      return why ? why.textContent.trim() : "没有收下。";
    }
    return "away";
  }

  let sending = null;

  // Sends what waits, one at a time, and returns how many went and why others did not. What was refused is
  // not sent again by itself.
  async function run(owner, address) {
    const waiting = (await all(owner)).filter(function (one) { return !one.refused; });
    if (!waiting.length) return { done: 0, away: "" };
    const line = await lineAt(address);
    if (line.away) return { done: 0, away: line.away };
    if (line.owner !== owner) return { done: 0, away: "another person" };
    let done = 0, away = "";
    for (const one of waiting) {
      const said = await send(one, line.token);
      if (said === "done") {
        await remove(one.sent_key);
        done += 1;
      } else if (said === "away") {
        away = "no line";
        break;
      } else {
        one.refused = said;
        await put(one);
      }
    }
    return { done: done, away: away };
  }

  function sendAll(owner, address) {
    if (!sending) sending = run(owner, address).finally(function () { sending = null; });
    return sending;
  }

  return { keep: keep, all: all, everybodys: everybodys, remove: remove, sendAll: sendAll };
})();
