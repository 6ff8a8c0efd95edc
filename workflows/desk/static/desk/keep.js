// Keeps what is typed on the server a moment after it is typed, for this person alone: it records nothing.
// Without script the button 暂存 does the same.
(function () {
  "use strict";
  const form = document.querySelector("form[data-desk-keep]");
  if (!form || !window.fetch) return;
  const said = form.querySelector("[data-desk-kept]");
  const WAIT = 1500, AGAIN = 15000;
  let timer = null, sending = false, changed = false, leaving = false, signedOut = false;

  function tell(words, link) {
    if (!said) return;
    said.textContent = words;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = "/admin/login/";
      anchor.target = "_blank";
      anchor.rel = "noopener";
      anchor.textContent = link;
      said.append(" ", anchor);
    }
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  }

  function fields() {
    const data = new FormData(form);
    Array.from(data.keys()).forEach(function (name) {
      if (data.get(name) instanceof File) data.delete(name);
    });
    data.set("do", "keep");
    return data;
  }

  async function keep() {
    if (sending || leaving || !changed) return;
    sending = true;
    changed = false;
    try {
      const answer = await fetch(location.pathname + location.search, {
        method: "POST", body: fields(), headers: { "X-Desk-Draft": "1" }, credentials: "same-origin", redirect: "manual",
      });
      if (answer.ok) {
        const kept = await answer.json();
        signedOut = false;
        tell(kept.stale ? "已暂存 " + kept.at + "。这一批有人动过，办理时会把变化标出来。" : "已暂存 " + kept.at);
      } else if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) {
        changed = signedOut = true;
        tell("登录已过期，刚才填的还没有存上，请不要关这一页。", "在新窗口登录，再回来接着办");
      } else {
        const refused = await answer.json().catch(function () { return {}; });
        tell(refused.why || "没有存上，稍后再试。");
      }
    } catch (error) {
      changed = true;
      tell("网络断了，填的还在这一页上；连上以后会自动暂存。");
      later(AGAIN);
    } finally {
      sending = false;
      if (changed && !signedOut) later(AGAIN);
    }
  }

  // Signing in gives the browser a new token: take it over, so that the form can be sent from where it stands.
  async function takeToken() {
    const answer = await fetch(location.pathname + location.search, { credentials: "same-origin", redirect: "manual" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[name=csrfmiddlewaretoken]");
    if (!token) return;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(function (one) { one.value = token.value; });
    signedOut = false;
    later(0);
  }

  function typed() { changed = true; later(WAIT); }
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", function () { leaving = true; clearTimeout(timer); });
  window.addEventListener("online", function () { later(0); });
  window.addEventListener("focus", function () { if (signedOut) takeToken().catch(function () {}); });
  window.addEventListener("pagehide", function () {
    if (changed && !leaving && navigator.sendBeacon) navigator.sendBeacon(location.pathname + location.search, fields());
  });
  window.addEventListener("pageshow", function () { leaving = false; });
})();
