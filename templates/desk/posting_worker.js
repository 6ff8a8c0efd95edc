// Opens the desk's posting page where there is no line. It knows that page and its files, and nothing else:
// no case, no name, nobody's photo passes through here. The page is its person's own: whoever else signs in on
// this phone is never given it (`data-desk-owner` stands in it), and signing out forgets it.
"use strict";
const PAGE = {{ page|safe }}, FILES = {{ files|safe }}, BOX = {{ box|safe }}, KIND = "desk-postings-";
const PATIENCE = 5000, FRESH = 60 * 1000;

function tooLate() {
  return new Promise(function (_resolve, reject) { setTimeout(reject, PATIENCE, new Error("no line")); });
}

// Keeps the page as the server gives it now; a sign-in page, a refusal or an error is not kept.
async function look() {
  const box = await caches.open(BOX);
  const answer = await fetch(PAGE, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
  if (answer.ok) await box.put(PAGE, answer);
  else if (answer.status === 404) await box.delete(PAGE);
}

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(BOX).then(function (box) { return box.addAll(FILES); }).then(look));
  self.skipWaiting();
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (all) {
    const old = all.filter(function (one) { return one.startsWith(KIND) && one !== BOX; });
    return Promise.all(old.map(function (one) { return caches.delete(one); }));
  }));
});

// Somebody's page of the desk is open: what another person left goes before anything is asked for.
async function lookFor(owner) {
  const box = await caches.open(BOX), kept = await box.match(PAGE, { ignoreVary: true });
  const theirs = kept && !(await kept.clone().text()).includes('data-desk-owner="' + owner + '"');
  if (theirs) await box.delete(PAGE);
  const made = kept && !theirs ? Date.parse(kept.headers.get("Date")) : 0;
  if (Math.abs(Date.now() - made) > FRESH) await look();
}

async function leave() {
  const all = await caches.keys();
  await Promise.all(all.filter(function (one) { return one.startsWith(KIND); }).map(function (one) { return caches.delete(one); }));
  await self.registration.unregister();
}

self.addEventListener("message", function (event) {
  const asked = event.data || {};
  if (asked.look) event.waitUntil(lookFor(asked.owner).catch(function () {}));
  else if (asked.leave) event.waitUntil(leave().catch(function () {}));
});

async function page(request) {
  const box = await caches.open(BOX);
  try {
    const answer = await Promise.race([fetch(request), tooLate()]);
    if (answer.ok) await box.put(PAGE, answer.clone());
    else if (answer.status === 404) await box.delete(PAGE);
    if (answer.status < 500) return answer;
    return (await box.match(PAGE, { ignoreVary: true })) || answer;
  } catch (error) {
    return (await box.match(PAGE, { ignoreVary: true })) || Response.error();
  }
}

async function file(request) {
  return (await (await caches.open(BOX)).match(request, { ignoreVary: true })) || fetch(request);
}

self.addEventListener("fetch", function (event) {
  const asked = new URL(event.request.url);
  if (event.request.method !== "GET" || asked.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && asked.pathname === PAGE) event.respondWith(page(event.request));
  else if (FILES.includes(asked.pathname)) event.respondWith(file(event.request));
});
