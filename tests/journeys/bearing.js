// Looks at a page as bearing.py asks; each function returns a list of sentences about what is wrong.
() => {
  // Everything that a key reaches, in the order in which it is read; nobody reaches what a closed <details> holds.
  const KEYED = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const reached = () =>
    [...document.querySelectorAll(KEYED)].filter(one => one.checkVisibility() && !one.disabled);
  const words = text => '“' + text.trim().slice(0, 20) + '”';
  const name = one => one.tagName.toLowerCase() + ' ' + words(one.innerText || one.name || one.id || '');
  const skip = one => one.classList.contains('skip');

  const texts = () => {
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const above = node.parentElement;
      if (node.data.trim() && above.checkVisibility() &&
        !above.closest('script, style, select, textarea, svg, .skip')) found.push(node);
    }
    return found;
  };

  let went = [];
  const step = event => {
    if (went[went.length - 1] !== event.target) went.push(event.target);
  };

  const bearing = {
    // The keys start above the page. Returns how many places they are to come to.
    begin() {
      went = [];
      // A key goes on from what was last clicked, also once it is left: begin before everything.
      const start = document.createElement('span');
      start.tabIndex = -1;
      document.body.prepend(start);
      start.focus();
      start.remove();
      window.scrollTo(0, 0);
      document.addEventListener('focusin', step);
      return reached().length;
    },

    // Where the keys went, against what can be read; then each place again, to see that it is seen.
    went() {
      document.removeEventListener('focusin', step);
      const wanted = reached(), wrong = [];
      const miss = wanted.findIndex((one, place) => went[place] !== one);
      if (miss >= 0) {
        const came = went[miss] ? name(went[miss]) : 'nothing';
        wrong.push(`the keys come to ${came} where ${name(wanted[miss])} is next`);
      }
      for (const one of wanted) {
        one.focus();
        const box = one.getClientRects()[0], style = getComputedStyle(one);
        if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2)
          wrong.push(`${name(one)} does not show that the keys are on it`);
        if (!box || box.right < 1 || box.left > innerWidth || box.bottom < 1 || box.top > innerHeight) {
          wrong.push(`${name(one)} has the keys and is out of sight`);
          continue;
        }
        const within = (from, to, most) => Math.min(Math.max((from + to) / 2, 1), most - 1);
        const top = document.elementFromPoint(
          within(box.left, box.right, innerWidth), within(box.top, box.bottom, innerHeight));
        if (!top || !(one.contains(top) || top.contains(one)))
          wrong.push(`${name(one)} has the keys and lies below ${top ? name(top) : 'nothing'}`);
      }
      document.activeElement.blur();
      window.scrollTo(0, 0);
      return wrong;
    },

    // What comes next in the text stands below, or to the right on the same line.
    order() {
      const all = reached().filter(one => !skip(one)), wrong = [];
      for (let i = 1; i < all.length; i++) {
        const before = all[i - 1].getClientRects()[0], after = all[i].getClientRects()[0];
        const above = after.bottom <= before.top + 1;
        const level = after.top < before.bottom - 2 && before.top < after.bottom - 2;
        if (above || (level && after.right <= before.left + 1))
          wrong.push(`${name(all[i])} comes after ${name(all[i - 1])} and stands before it`);
      }
      return wrong;
    },

    // A link within a sentence is as large as its words (WCAG 2.5.8); what stands by itself is for a finger.
    targets(least) {
      const inSentence = one => one.tagName === 'A' && getComputedStyle(one).display === 'inline' &&
        [...one.parentElement.childNodes].some(node => node.nodeType === 3 && /[\p{L}\p{N}]/u.test(node.data));
      return reached().filter(one => !skip(one) && !inSentence(one)).map(one => {
        const box = one.getBoundingClientRect(), wide = Math.round(box.width), high = Math.round(box.height);
        return wide < least || high < least ? `${name(one)} is ${wide} × ${high} pixels, not ${least}` : '';
      }).filter(Boolean);
    },

    small(least) {
      return texts().map(node => [node, parseFloat(getComputedStyle(node.parentElement).fontSize)])
        .filter(([, size]) => size < least).slice(0, 5)
        .map(([node, size]) => `${words(node.data)} is ${size} pixels high, not ${least}`);
    },

    // Text that its own box cuts off, and lines that lie on lines. A box that scrolls by itself cuts nothing.
    cut() {
      const wrong = new Set(), boxes = [];
      for (const one of document.querySelectorAll('body *')) {
        if (one.closest('svg, .skip, textarea, select, input') || !one.checkVisibility()) continue;
        const style = getComputedStyle(one);
        const over = [[style.overflowX, one.scrollWidth - one.clientWidth],
          [style.overflowY, one.scrollHeight - one.clientHeight]];
        for (const [way, more] of over)
          if (/hidden|clip/.test(way) && more > 1) wrong.add(`${name(one)} cuts off ${more} pixels`);
      }
      for (const node of texts()) {
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) if (box.width > 1) boxes.push([box, node]);
      }
      boxes.sort((one, other) => one[0].top - other[0].top);
      boxes.forEach(([one, a], place) => {
        for (let next = place + 1; next < boxes.length && boxes[next][0].top < one.bottom; next++) {
          const [other, b] = boxes[next];
          const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
          const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
          if (a !== b && wide > 2 && high > Math.min(one.height, other.height) * 0.45)
            wrong.add(`${words(a.data)} lies on ${words(b.data)}`);
        }
      });
      return [...wrong].slice(0, 5);
    },

    // WCAG 1.4.12, by the object model: the page's policy refuses any stylesheet but its own.
    spread(apart) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('* {line-height: 1.5 !important; letter-spacing: .12em !important;' +
        ' word-spacing: .16em !important} p {margin-bottom: 2em !important}');
      document.adoptedStyleSheets = apart ? [sheet] : [];
    },

    // In the reader's own colours backgrounds are gone: what is pressed or filled in needs an edge; words that
    // are drawn are written in the colour of the text.
    edges() {
      const drawn = [...document.querySelectorAll('svg text')].filter(one =>
        getComputedStyle(one).fill !== getComputedStyle(one.closest('svg').parentElement).color);
      return [...drawn.map(one => `${words(one.textContent)} keeps a colour of its own`), ...reached().filter(one => one.matches('button, .button, input, select, textarea')).filter(one => {
        const style = getComputedStyle(one);
        return style.borderTopStyle === 'none' || parseFloat(style.borderTopWidth) < 1;
      }).map(one => `${name(one)} has no edge in the colours of the reader`)];
    },

    // Lines may be faint for whoever likes it so, not for whoever asks for more contrast: 3 to 1 on the page.
    faint() {
      const light = colour => {
        const [r, g, b] = colour.match(/[\d.]+/g).map(Number).map(part => part / 255)
          .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const page = light(getComputedStyle(document.body).backgroundColor);
      return [...new Set([...document.querySelectorAll('body *')].filter(one => {
        const style = getComputedStyle(one), colour = style.borderBottomColor;
        return one.checkVisibility() && !one.closest('svg') && parseFloat(style.borderBottomWidth) > 0 &&
          !/, 0\)/.test(colour) && (page + 0.05) / (light(colour) + 0.05) < 3;
      }).map(one => `${one.tagName}.${one.className} has a faint line`))].slice(0, 3);
    },
  };
  window.__bearing = bearing;
  return document.documentElement.classList.contains('elder');
}
