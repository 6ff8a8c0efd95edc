// Conveniences of the desk; every page works without them.
(function () {
  "use strict";
  document.documentElement.classList.add("desk-script");
  const form = document.querySelector("[data-desk-act]");
  if (!form) return;

  // A phrase goes into the opinion, where it can be written on.
  const opinion = form.querySelector("[name=opinion]");
  form.querySelectorAll("[name=phrase]").forEach(function (phrase) {
    phrase.addEventListener("change", function () {
      if (opinion) { opinion.value = phrase.value; opinion.focus(); }
    });
  });

  // How many households the button signs: those with a verdict that is not 暂缓.
  const shown = form.querySelector("[data-desk-count]");
  function count() {
    const said = form.querySelectorAll(".desk-verdict input:checked:not([value=hold])");
    if (shown) shown.textContent = said.length;
  }
  form.addEventListener("change", count);
  count();

  // All agree: one click for every row that has no verdict yet.
  const all = document.createElement("button");
  const silent = function () {
    return Array.prototype.filter.call(form.querySelectorAll("fieldset.desk-verdicts"), function (set) {
      return set.querySelector("[value=agree]") && !set.querySelector("input:checked");
    });
  };
  if (shown && silent().length > 1) {
    all.type = "button";
    all.className = "desk-other";
    all.textContent = "没选的全部" + silent()[0].querySelector("[value=agree] + span").textContent;
    all.addEventListener("click", function () {
      silent().forEach(function (set) { set.querySelector("[value=agree]").checked = true; });
      count();
      all.remove();
    });
    form.querySelector(".desk-sign").prepend(all);
  }

  // The bar on a phone opens at the present step.
  const now = document.querySelector(".desk-bar--now");
  if (now) now.parentNode.scrollLeft = now.offsetLeft - now.parentNode.offsetLeft - 16;
})();
