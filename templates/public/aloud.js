/* Reads a page aloud in large type, where the browser has a Chinese voice; without one nothing is shown. It stands in the
   page (disclosure/site/aloud.py makes it small). Statements end with ; and no string holds two blanks. ES5. */
(function (window, document) {
  var speech = window.speechSynthesis, bar = document.querySelector("[data-read]"), button, parts = [], turn = 0;
  if (!speech || !window.SpeechSynthesisUtterance || !bar) return;
  function voice() {
    return speech.getVoices().filter(function (one) { return /^(zh|cmn)/i.test(one.lang); })[0];
  }
  function say(on) {
    button.textContent = bar.getAttribute(on ? "data-stop" : "data-read");
    button.setAttribute("aria-pressed", on ? "true" : "false");
  }
  function next(mine) {
    var said, text = parts.shift();
    if (mine !== turn) return;
    if (!text) { say(false); return; }
    said = new window.SpeechSynthesisUtterance(text);
    said.lang = "zh-CN";
    said.voice = voice();
    said.rate = 0.85;
    said.onend = said.onerror = function () { next(mine); };
    speech.speak(said);
  }
  function press(event) {
    var all = "";
    if (event.type === "keydown" && event.keyCode !== 32) return;
    event.preventDefault();
    turn += 1;
    speech.cancel();
    if (button.getAttribute("aria-pressed") === "true") { say(false); return; }
    [].forEach.call(document.querySelector("main").children, function (one) {
      if (!/^(NAV|FORM)$/.test(one.tagName)) all += "\n" + one.innerText;
    });
    parts = all.split(/[\n。！？；]+/).filter(function (one) { return /\S/.test(one); });
    say(true);
    next(turn);
  }
  function show() {
    if (button || !voice()) return;
    button = document.createElement("a");
    button.href = "#main";
    button.setAttribute("role", "button");
    button.addEventListener("click", press);
    button.addEventListener("keydown", press);
    say(false);
    bar.appendChild(button);
  }
  speech.onvoiceschanged = show;
  window.addEventListener("pagehide", function () { speech.cancel(); });
  show();
})(window, document);
