// A reader changes the lines of a pair and runs both, Python by Pyodide and R by webR, from this site's own folder.
// Nothing is loaded until it is asked for.
(() => {
  const here = new URL("../../live/", document.currentScript.src);
  const language = document.documentElement.lang === "ko" ? "ko" : "en";
  const words = {
    en: {
      open: "Change the lines and run both",
      run: "Run both",
      stop: "Stop",
      reset: "As it was",
      close: "Close",
      python: "Lines of Python, to be changed",
      r: "Lines of R, to be changed",
      codeOf: "The subject's code, to be changed",
      loading: "Loading Python and R (about {size} MB) …",
      running: "Running …",
      ready: "{python}; {r}",
      failed: "Python or R could not be started: {error}",
      server: "From a file a browser does not start Python and R. Serve the folder of the site: python -m http.server",
      agree: "✓ agree",
      disagree: "✗ disagree",
      hollow: "shows nothing by itself",
      stopped: "{who} stopped with an error: nothing is compared.",
      nothing: "✗ Python shows {p} values, R {r}: nothing is compared. A line that is a value shows it; either side has to show as many.",
      called: "Python calls it {p}, R {r}",
      again: "Something else ran in between: run it again.",
      number: "rtol and atol are numbers that are not negative, such as 1e-12.",
      value: "value {n}",
      elements: "{count} elements, largest difference {largest}",
      where: "Python {p} is {a}, R {r} is {b}",
      cause: "cause: {cause}",
      odd: "{side} has {what} here, which cannot be compared in the browser",
      allowed: "allowed: rtol",
      before: "The lines of this page above these go first.",
    },
    ko: {
      open: "고쳐서 둘 다 실행하기",
      run: "둘 다 실행",
      stop: "멈춤",
      reset: "처음대로",
      close: "닫기",
      python: "고칠 수 있는 Python 코드",
      r: "고칠 수 있는 R 코드",
      codeOf: "고칠 수 있는 구현 코드",
      loading: "Python과 R을 불러오는 중(처음 한 번, 약 {size} MB) …",
      running: "실행 중 …",
      ready: "{python}; {r}",
      failed: "Python이나 R을 시작하지 못했다: {error}",
      server: "파일로 연 페이지에서는 브라우저가 Python과 R을 시작하지 못한다. 사이트 폴더에서 서버를 띄운다: python -m http.server",
      agree: "✓ 일치",
      disagree: "✗ 불일치",
      hollow: "이것만으로는 보여 주는 것이 없음",
      stopped: "오류로 멈춘 쪽: {who}. 아무것도 비교하지 않았다.",
      nothing: "✗ Python이 {p}개, R이 {r}개를 보여 주어 아무것도 비교하지 않았다. 값 하나로 된 줄이 그 값을 보여 주며, 양쪽의 개수가 같아야 한다.",
      called: "Python의 이름은 {p}, R의 이름은 {r}",
      again: "그사이에 다른 것이 실행되었다. 다시 실행한다.",
      number: "rtol과 atol은 1e-12처럼 음수가 아닌 수여야 한다.",
      value: "{n}번째 값",
      elements: "원소 {count}개, 가장 큰 차이 {largest}",
      where: "Python {p}: {a}, R {r}: {b}",
      cause: "원인: {cause}",
      odd: "{side}의 값이 {what}이어서 브라우저에서는 비교할 수 없다",
      allowed: "허용 오차: rtol",
      before: "이 페이지에서 위에 있는 줄을 먼저 실행한다.",
    },
  }[language];
  const say = (key, given = {}) =>
    words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in given ? String(given[name]) : whole));

  // ------------------------------------------------------------------------------------------------ languages

  let python = null;
  let r = null;
  let starting = null;
  let site = null;
  // How often lines were run on this page: Python keeps what the last ones showed.
  let runs = 0;

  function startPython() {
    const worker = new Worker(new URL("python-worker.js", here));
    const waiting = new Map();
    let last = 0;
    worker.onmessage = ({ data: { id, value, error } }) => {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    };
    worker.onerror = (event) => {
      for (const { reject } of waiting.values()) reject(new Error(event.message || "worker"));
      waiting.clear();
    };
    return {
      call: (call, given = {}) =>
        new Promise((resolve, reject) => {
          const id = (last += 1);
          waiting.set(id, { resolve, reject });
          worker.postMessage({ id, call, given });
        }),
      close: () => {
        worker.terminate();
        for (const { reject } of waiting.values()) reject(new Error("stopped"));
        waiting.clear();
      },
    };
  }

  async function startR() {
    const { WebR, ChannelType } = await import(new URL("webr/webr.js", here));
    const web = new WebR({
      baseUrl: new URL("webr/", here).href,
      channelType: ChannelType.PostMessage,
      interactive: false,
    });
    await web.init();
    await web.evalRVoid(await (await fetch(new URL("run.R", here))).text());
    for (const [name, text] of Object.entries(site.r_files)) {
      const folder = `/home/web_user/${name}`.split("/").slice(0, -1);
      for (let depth = 2; depth < folder.length + 1; depth += 1) {
        await web.FS.mkdir(folder.slice(0, depth).join("/")).catch(() => {});
      }
      await web.FS.writeFile(`/home/web_user/${name}`, Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
    }
    await web.evalRVoid('setwd("/home/web_user")');
    for (const [name, path] of Object.entries(site.r_packages)) {
      await web.evalRVoid(".parity$package(name, path)", { env: { name, path: `/home/web_user/${path}` } });
    }
    return web;
  }

  async function start() {
    if (!starting) {
      starting = (async () => {
        site = await (await fetch(new URL("site.json", here))).json();
        python = startPython();
        const [told, web] = await Promise.all([python.call("start"), startR()]);
        r = web;
        const version = await r.evalRString('paste0("R ", getRversion())');
        return { python: told, r: version };
      })();
      starting.catch(() => stop());
    }
    return starting;
  }

  function stop() {
    if (python) python.close();
    if (r) r.close();
    python = r = starting = null;
  }

  async function runR({ lines: text, before, sources, folder }) {
    const shelter = await new r.Shelter();
    try {
      const names = Object.keys(sources);
      const code = ".parity$run(lines, before, texts, names, folder, 60)";
      const given = { lines: text, before, folder: `/home/web_user/${folder}`, texts: [""], names: ["-"] };
      if (names.length) Object.assign(given, { texts: names.map((name) => sources[name]), names });
      const answer = await (await shelter.evalR(code, { env: given })).toJs();
      return plain(answer);
    } finally {
      await shelter.purge();
    }
  }

  // What webR gives for a list, as an object or an array; a vector of one text as that text, bytes as they are.
  function plain(value) {
    if (value.type === "list") {
      const inside = value.values.map(plain);
      if (!value.names) return inside;
      return Object.fromEntries(value.names.map((name, place) => [name, inside[place]]));
    }
    if (value.type === "null") return [];
    if (value.type === "raw") return Uint8Array.from(value.values);
    return value.values;
  }

  function sent(values) {
    return (values || []).map((leaf) => ({
      ...leaf,
      path: leaf.path[0],
      kind: leaf.kind[0],
      of: leaf.of[0],
      class: leaf.class ? leaf.class[0] : "",
    }));
  }

  // --------------------------------------------------------------------------------------------------- panels

  function typed(block) {
    const lines = [];
    for (const line of block.textContent.replace(/\n$/, "").split("\n")) {
      const prompt = /^(>>>|\.\.\.|>|\+)( |$)/.exec(line);
      const own = block.classList.contains("pycon") ? [">>>", "..."] : [">", "+"];
      if (prompt && own.includes(prompt[1])) lines.push(line.slice(prompt[0].length));
    }
    return lines.join("\n").trim();
  }

  const make = (tag, settings = {}, ...inside) => {
    const element = Object.assign(document.createElement(tag), settings);
    element.append(...inside);
    return element;
  };

  const nothing = { python: "", r: "" };
  const unchanged = { python: {}, r: {} };

  const editor = (text, label) =>
    make("textarea", {
      value: text,
      rows: Math.min(30, text.split("\n").length + 1),
      spellcheck: false,
      autocapitalize: "off",
      className: "live-lines",
      ariaLabel: label,
    });

  // A panel below `place`. `given` are the lines as they stand; `around()` gives what goes before them, sources, and the
  // names that a subject is compared by. It is taken away again by its own button, which then calls `closed`.
  function panel(place, given, around, closed, tolerance = { rtol: "1e-12", atol: "1e-15" }) {
    const editors = { python: editor(given.python, words.python), r: editor(given.r, words.r) };
    const answers = {
      python: make("pre", { className: "live-answer", tabIndex: 0 }),
      r: make("pre", { className: "live-answer", tabIndex: 0 }),
    };
    const side = (name) =>
      make(
        "div",
        { className: "side" },
        make("p", { className: "tongue", textContent: name === "r" ? "R" : "Python" }),
        editors[name],
        answers[name],
      );
    const field = (name, value) => make("input", { value, size: 6, inputMode: "decimal", ariaLabel: name });
    const rtol = field("rtol", tolerance.rtol);
    const atol = field("atol", tolerance.atol);
    const button = (key, does) => make("button", { type: "button", textContent: words[key], onclick: does });
    const status = make("p", { className: "live-status" });
    status.setAttribute("role", "status");
    const verdict = make("div", { className: "live-verdict" });
    verdict.setAttribute("role", "status");
    const forget = () => {
      verdict.replaceChildren();
      answers.python.textContent = answers.r.textContent = "";
    };
    let turn = 0;

    async function run() {
      turn += 1;
      const mine = turn;
      forget();
      const allowed = [rtol, atol].map((element) => (element.value.trim() === "" ? NaN : Number(element.value)));
      if (!allowed.every((number) => Number.isFinite(number) && number >= 0)) {
        status.textContent = words.number;
        return;
      }
      try {
        status.textContent = starting ? words.running : say("loading", { size: site ? site.megabytes : 24 });
        const versions = await start();
        status.textContent = words.running;
        const more = around();
        runs += 1;
        const number = runs;
        const [p, q] = await Promise.all([
          python.call("run", {
            lines: editors.python.value,
            before: more.before.python,
            sources: more.sources.python,
            project: site.python,
            folder: more.folder.replace(/^project\/?/, ""),
          }),
          runR({ lines: editors.r.value, before: more.before.r, sources: more.sources.r, folder: more.folder }),
        ]);
        if (number !== runs) {
          if (mine === turn) status.textContent = words.again;
          return;
        }
        const stopped = Boolean(q.error[0]);
        const told = await python.call("judge", {
          values: sent(q.values),
          stopped,
          rtol: allowed[0],
          atol: allowed[1],
          language,
          names: more.names || [],
        });
        // What was changed or run in the meantime makes this an answer to nothing.
        if (mine !== turn) return;
        answers.python.textContent = [p.said, p.error].filter(Boolean).join("\n");
        answers.r.textContent = [q.said[0], q.error[0]].filter(Boolean).join("\n");
        verdict.replaceChildren(...shown(told));
        status.textContent = say("ready", versions);
      } catch (error) {
        if (mine !== turn) return;
        stop();
        status.textContent = say("failed", { error: error.message });
      }
    }

    const changed = () => {
      turn += 1;
      forget();
      status.textContent = "";
    };
    const all = [editors.python, editors.r, rtol, atol];
    const original = [given.python, given.r, rtol.value, atol.value];
    for (const element of all) element.addEventListener("input", changed);
    const tools = make(
      "div",
      { className: "live-tools" },
      button("run", run),
      button("stop", () => {
        changed();
        stop();
      }),
      button("reset", () => {
        changed();
        all.forEach((element, place) => Object.assign(element, { value: original[place] }));
      }),
      button("close", () => {
        changed();
        whole.remove();
        closed();
      }),
      make("span", { className: "live-allowed" }, `${words.allowed} `, rtol, " atol ", atol),
    );
    const whole = make("div", { className: "live" });
    if (around().before.python || around().before.r) whole.append(make("p", { textContent: words.before }));
    whole.append(make("div", { className: "pair" }, side("python"), side("r")), tools, status, verdict);
    place.after(whole);
    editors.python.focus();
    // More to be changed, which belongs to what is run here.
    const also = (elements, texts) => {
      all.push(...elements);
      original.push(...texts);
      for (const element of elements) element.addEventListener("input", changed);
    };
    return { whole, also };
  }

  function shown(told) {
    const [p, r] = told.counts;
    if (told.stopped.length) return [make("p", { textContent: say("stopped", { who: told.stopped.join(", ") }) })];
    if (!told.values.length) return [make("p", { textContent: say("nothing", { p, r }) })];
    const parts = [];
    const list = make("ul");
    told.values.forEach((value, place) => {
      const sign = value.agree ? "agree" : value.hollow ? "hollow" : "disagree";
      const line = make(
        "li",
        {},
        make("strong", { textContent: value.name || say("value", { n: place + 1 }) }),
        " ",
        make("span", { className: `verdict ${{ agree: "agrees", hollow: "differs", disagree: "fails" }[sign]}`, textContent: words[sign] }),
      );
      const more = [];
      if (value.called) more.push(say("called", { p: value.called[0], r: value.called[1] }));
      else if (value.odd) more.push(say("odd", { side: value.odd[0], what: value.odd[1] }));
      else if (value.agree) more.push(say("elements", value));
      else if (value.where) {
        more.push(say("where", { p: value.where[0], r: value.where[1], a: value.there[0], b: value.there[1] }));
        more.push(value.message);
      } else more.push(value.message);
      if (value.cause) more.push(say("cause", value));
      line.append(` · ${more.join(" · ")}`);
      list.append(line);
    });
    parts.push(list);
    return parts;
  }

  // -------------------------------------------------------------------------------------------- what is on a page

  let known = null;
  const usual = { python: "", r: "", folder: "", names: [], rtol: "1e-12", atol: "1e-15" };

  // What the site knows of the subject of this page; nothing where it is none's.
  async function subject() {
    if (!known) known = await (await fetch(new URL("sources.json", here))).json();
    return known[location.pathname.split("/").pop().replace(/\.html$/, "")] || usual;
  }

  // A button below `place`, which what it opens takes the place of until that is closed.
  function opener(place, open) {
    const button = make("button", { type: "button", className: "live-open", textContent: words.open });
    button.onclick = async () => {
      if (location.protocol === "file:") {
        button.replaceWith(make("p", { className: "live-status", textContent: words.server }));
        return;
      }
      place.hidden = button.hidden = true;
      await open(() => {
        place.hidden = button.hidden = false;
        button.focus();
      });
    };
    place.after(button);
  }

  function blocks(pair, python, r) {
    const found = [pair.querySelector(python), pair.querySelector(r)];
    return found.every(Boolean) ? { python: found[0], r: found[1] } : null;
  }

  const lines = (found) => ({ python: typed(found.python), r: typed(found.r) });
  const joined = (texts) => ({
    python: texts.map((one) => one.python).join("\n"),
    r: texts.map((one) => one.r).join("\n"),
  });

  function consoles(pairs) {
    const before = [];
    // Lines that are typed among files of the page's own: a browser has none of them.
    const files = document.querySelector("pre.file");
    for (const pair of pairs) {
      const found = blocks(pair, "pre.pycon", "pre.rconsole");
      if (!found) continue;
      // A case is typed into a console of its own; the blocks of a page share one.
      const alone = found.python.classList.contains("case");
      if (files && !alone) continue;
      const earlier = alone ? [] : [...before];
      if (!alone) before.push(lines(found));
      opener(pair, async (closed) => {
        const own = alone ? await subject() : usual;
        const { folder, names } = own;
        panel(pair, lines(found), () => ({ before: joined(earlier), sources: unchanged, folder, names }), closed, own);
      });
    }
  }

  // The subject's own code, and below it the lines of its case, which run with the code as it is now.
  function code(pairs) {
    const shownCode = pairs.map((pair) => [pair, blocks(pair, "pre.python", "pre.r")]).find(([, found]) => found);
    const shownCase = pairs.map((pair) => blocks(pair, "pre.pycon.case", "pre.rconsole.case")).find(Boolean);
    if (!shownCode || !shownCase) return;
    const [pair, found] = shownCode;
    const given = { python: found.python.textContent.trim(), r: found.r.textContent.trim() };
    opener(pair, async (closed) => {
      const own = await subject();
      const editors = { python: editor(given.python, words.codeOf), r: editor(given.r, words.codeOf) };
      const above = make("div", { className: "pair live-code" });
      for (const side of ["python", "r"]) {
        const title = make("p", { className: "tongue", textContent: side === "r" ? "R" : "Python" });
        above.append(make("div", { className: "side" }, title, editors[side]));
      }
      pair.after(above);
      const changed = () => ({
        python: editors.python.value === given.python ? {} : modules(own.python, editors.python.value),
        r: editors.r.value === given.r ? {} : { [own.r || "file"]: editors.r.value },
      });
      const around = () => ({ before: nothing, sources: changed(), folder: own.folder, names: own.names });
      const away = () => {
        above.remove();
        closed();
      };
      const made = panel(above, lines(shownCase), around, away, own);
      made.also([editors.python, editors.r], [given.python, given.r]);
    });
  }

  // The page shows the files of a subject below each other, all but the first below their names.
  function modules(first, text) {
    const found = {};
    let name = first;
    for (const line of text.split("\n")) {
      const file = /^# (\S+)\.py$/.exec(line);
      if (file) name = file[1].replaceAll("/", ".");
      else found[name] = `${found[name] || ""}${line}\n`;
    }
    return found;
  }

  function idioms() {
    for (const table of document.querySelectorAll(".scroll table")) {
      const head = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent);
      if (head.length !== 4 || head[1] !== "Python" || head[2] !== "R") continue;
      for (const row of table.querySelectorAll("tbody tr")) {
        const own = { python: row.cells[1].textContent, r: row.cells[2].textContent };
        const open = make("button", { type: "button", className: "live-row", textContent: "▶", title: words.open });
        open.setAttribute("aria-label", `${words.open}: ${row.cells[0].textContent}`);
        row.cells[0].append(" ", open);
        open.onclick = async () => {
          const place = table.closest(".scroll");
          if (location.protocol === "file:") {
            place.after(make("p", { className: "live-status", textContent: words.server }));
            return;
          }
          const rows = await (await fetch(new URL("idioms.json", here))).json();
          const set = rows[`${own.python}\n${own.r}`] || nothing;
          const given = { python: `${set.python}\n${own.python}`.trim(), r: `${set.r}\n${own.r}`.trim() };
          for (const earlier of place.parentElement.querySelectorAll(".live.of-row")) earlier.remove();
          const around = () => ({ before: nothing, sources: unchanged, folder: "" });
          const made = panel(place, given, around, () => open.focus());
          made.whole.classList.add("of-row");
        };
      }
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const pairs = [...document.querySelectorAll(".pair")];
    code(pairs);
    consoles(pairs);
    idioms();
  });
})();
