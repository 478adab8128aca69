"use strict";
// What the pages do more where scripts run. Everything works without.

const storage = "semsearch.shortcuts";
const root = document.documentElement.dataset.root; // where a proxy publishes the service
const wait = 350; // milliseconds of rest after which typing has stopped

function byId(id) {
  return document.getElementById(id);
}

// --- Ask: results while typing stops ---------------------------------------------------------

function askAsYouType() {
  const form = byId("ask");
  if (!form) return;
  let timer = 0;
  let running = null;

  async function refresh() {
    const values = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = `${location.pathname}${values.length ? "?" : ""}${new URLSearchParams(values)}`;
    running?.abort();
    if (address === location.pathname + location.search) return;
    running = new AbortController();
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: running.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("answer") ?? page.createElement("div");
      if (!found.id) found.append(...page.querySelector("main").childNodes); // a problem
      // Boxes that are typed into or ticked must not be replaced under the reader's hands.
      const focused = document.activeElement?.closest("#answer") ? document.activeElement : null;
      byId("answer").replaceWith(found);
      found.id = "answer";
      if (focused?.name) restoreFocus(focused);
      document.title = page.title;
      history.replaceState(null, "", address);
      byId("told").textContent = found.querySelector(".verdict, h1")?.textContent.trim() ?? "";
    } catch (error) {
      if (error.name !== "AbortError") form.requestSubmit();
    }
  }

  function restoreFocus(old) {
    for (const each of byId("answer").querySelectorAll("[name]")) {
      if (each.name === old.name && (each.type !== "checkbox" || each.value === old.value)) {
        each.closest("details")?.setAttribute("open", "");
        each.focus();
        return;
      }
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, wait);
  }

  byId("q").addEventListener("input", (event) => {
    if (!event.isComposing) soon();
  });
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.id !== "q") soon();
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

// --- keys: / to the box, arrows and j, k among results ---------------------------------------

function keys() {
  const foot = document.querySelector(".colophon");
  let on = localStorage.getItem(storage) !== "off";
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "quiet switch";
  function label() {
    toggle.textContent = on
      ? "Keyboard: / to ask, j and k through the list. Turn off"
      : "Keyboard shortcuts are off. Turn on";
  }
  toggle.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(storage, on ? "on" : "off");
    label();
  });
  label();
  foot?.append(toggle);

  function move(step) {
    const links = [...document.querySelectorAll(".hit h3 a, .headlines li > a")];
    if (!links.length) return false;
    const here = links.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : -1) : here + step;
    if (next < 0) {
      byId("q")?.focus();
      return true;
    }
    links[Math.min(next, links.length - 1)].focus();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    const result = target.matches?.(".hit h3 a, .headlines li > a");
    if (event.key === "ArrowDown" && (result || target.id === "q") && move(1)) return event.preventDefault();
    if (event.key === "ArrowUp" && result && move(-1)) return event.preventDefault();
    if (!on || target.matches?.("input, textarea, select")) return;
    if (event.key === "/" && byId("q")) {
      byId("q").focus();
      byId("q").select();
    } else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else return;
    event.preventDefault();
  });
}

// --- Add: files are read first and shown, then sent with the key ------------------------------

function files() {
  const area = byId("upload");
  if (!area) return;
  area.hidden = false;
  const said = byId("read");
  const send = byId("send");
  const atOnce = 500; // records a request
  let waiting = [];

  function say(lines) {
    const list = document.createElement("ul");
    for (const line of lines) {
      const item = document.createElement("li");
      item.textContent = line;
      list.append(item);
    }
    said.replaceChildren(list);
  }

  async function told(response) {
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error([answer.detail ?? response.statusText, answer.hint].filter(Boolean).join(" "));
    return answer;
  }

  async function read(picked) {
    waiting = [];
    const lines = [];
    for (const file of picked) {
      try {
        const address = `${root}add/read?${new URLSearchParams({ name: file.name })}`;
        const found = await told(await fetch(address, { method: "POST", body: file, headers: { Accept: "application/json" } }));
        waiting.push(...found.records);
        lines.push(`${file.name}: ${found.records.length} to add`);
        for (const each of found.skipped) lines.push(`${file.name}${each.line ? `, line ${each.line}` : ""}: ${each.reason}`);
      } catch (error) {
        lines.push(`${file.name}: ${error.message}`);
      }
    }
    say(lines);
    send.disabled = !waiting.length;
    send.textContent = waiting.length ? `Add ${waiting.length}` : "Add";
  }

  async function write() {
    send.disabled = true;
    const key = byId("key").value.trim();
    const headers = { "Content-Type": "application/x-ndjson", Accept: "application/json" };
    if (key) headers.Authorization = `Bearer ${key}`;
    const counts = { added: 0, updated: 0, unchanged: 0, removed: 0 };
    const lines = [];
    try {
      while (waiting.length) {
        const body = waiting.slice(0, atOnce).map((one) => JSON.stringify(one)).join("\n");
        const written = await told(await fetch(`${root}v1/articles`, { method: "POST", headers, body }));
        for (const name of Object.keys(counts)) counts[name] += written[name].length;
        for (const each of written.skipped) lines.push(`Skipped: ${each.reason}`);
        waiting = waiting.slice(atOnce);
        send.textContent = waiting.length ? `Add ${waiting.length}` : "Add";
      }
    } catch (error) {
      lines.push(error.message);
      send.disabled = false;
    }
    say([...Object.entries(counts).filter(([, number]) => number).map(([name, number]) => `${number} ${name}`), ...lines]);
  }

  byId("picked").addEventListener("change", (event) => read(event.target.files));
  send.addEventListener("click", write);
  const drop = byId("drop");
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    read(event.dataTransfer.files);
  });
}

// --- Feeds: a list from a file ----------------------------------------------------------------

function lists() {
  const field = byId("opml-file");
  if (!field) return;
  field.hidden = false;
  byId("opml-picked").addEventListener("change", async (event) => {
    byId("opml").value = (await event.target.files[0]?.text()) ?? "";
  });
}

// --- Watches: made and marked as read with the key ------------------------------------------

function watches() {
  const form = byId("new-watch");
  const mark = byId("mark-read");
  const remove = byId("remove-watch");
  if (!form && !mark && !remove) return;
  byId("watch-key").hidden = false;

  async function send(method, path, value, said) {
    const key = byId("key").value.trim();
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    if (key) headers.Authorization = `Bearer ${key}`;
    const body = value === null ? undefined : JSON.stringify(value);
    const response = await fetch(root + path, { method, headers, body });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    said.textContent = [answer.detail ?? response.statusText, answer.hint].filter(Boolean).join(" ");
    return null;
  }

  if (form) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const given = {
        question: byId("watch-question").value,
        name: byId("watch-name").value,
        min_confidence: byId("watch-low").checked ? "low" : "high",
      };
      const made = await send("POST", "v1/watches", given, byId("made"));
      if (made) location.assign(`${root}watches/${made.watch.id}`);
    });
  }
  if (mark) {
    mark.hidden = false;
    mark.addEventListener("click", async () => {
      const ids = mark.dataset.ids.split(" ");
      if (await send("POST", "v1/alerts/read", { ids }, byId("marked"))) location.reload();
    });
  }
  if (remove) {
    remove.hidden = false;
    remove.addEventListener("click", async () => {
      if (!confirm("Remove this watch with its alerts?")) return;
      const path = `v1/watches/${remove.dataset.id}`;
      if (await send("DELETE", path, null, byId("removed"))) location.assign(`${root}watches`);
    });
  }
}

askAsYouType();
files();
watches();
lists();
keys();
