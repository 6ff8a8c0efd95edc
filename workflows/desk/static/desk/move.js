// j and k move over rows, Enter opens, / searches, ? shows the keys. Nothing needs them.
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

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j" && rows.length) go(1);
    else if (event.key === "k" && rows.length) go(-1);
    else if (event.key === "/" && find) find.focus();
    else if (event.key === "?" && keys) { keys.open = !keys.open; keys.scrollIntoView({ block: "nearest" }); }
    else return;
    event.preventDefault();
  });
})();
