// j and k move over rows, Enter opens, / searches, ? shows the keys; on a batch 1 to 9 choose the row's verdict,
// r goes to its reason, o to the opinion, Escape comes back to the row. Nothing needs them, and none of them sends.
(function () {
  "use strict";
  const rows = Array.from(document.querySelectorAll("[data-desk-rows] tbody tr, .desk-rows tbody tr"));
  const find = document.querySelector("[data-desk-find]");
  const keys = document.querySelector(".desk-keys");
  let here = -1;

  function shown(row) { return row.offsetParent !== null; }

  function go(step) {
    let next = here + step;
    while (rows[next] && !shown(rows[next])) next += step;
    if (!rows[next]) return;
    if (rows[here]) rows[here].classList.remove("desk-here");
    here = next;
    rows[here].classList.add("desk-here");
    const link = rows[here].querySelector("a");
    if (link) link.focus({ preventScroll: true });
    rows[here].scrollIntoView({ block: "nearest" });
  }

  function choose(number) {
    const choices = rows[here] ? rows[here].querySelectorAll("input[type=radio]") : [];
    if (choices[number - 1]) choices[number - 1].click();
    return Boolean(choices[number - 1]);
  }

  function enter(box) {
    if (box) box.focus();
    return Boolean(box);
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=radio]), textarea, select, [contenteditable]")) {
      const link = rows[here] && rows[here].querySelector("a");
      if (event.key === "Escape") { event.target.blur(); if (link) link.focus({ preventScroll: true }); }
      return;
    }
    if (/^[1-9]$/.test(event.key)) { if (!choose(Number(event.key))) return; }
    else if (event.key === "r") { if (!rows[here] || !enter(rows[here].querySelector("textarea[name^=reason-]"))) return; }
    else if (event.key === "o") { if (!enter(document.querySelector("textarea[name=opinion]"))) return; }
    else if (event.key === "j" && rows.length) go(1);
    else if (event.key === "k" && rows.length) go(-1);
    else if (event.key === "/" && find) find.focus();
    else if (event.key === "?" && keys) { keys.open = !keys.open; keys.scrollIntoView({ block: "nearest" }); }
    else return;
    event.preventDefault();
  });
})();
