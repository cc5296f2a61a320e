// Removes clicks; every page does all it does without this file.
const form = document.querySelector("form.choose");
const da = document.documentElement.lang === "da";
const say = (one, two) => (da ? one : two);
const number = (n) => n.toLocaleString(da ? "da-DK" : "en-GB");

document.querySelector(".refused")?.focus();

function make(tag, given, text) {
  const made = Object.assign(document.createElement(tag), given);
  if (text) made.textContent = text;
  return made;
}

// a long list becomes boxes to tick, in the same name and values
function ticked(list) {
  const box = make("div", { className: "values" });
  for (const option of list.options) {
    const label = make("label", { className: option.className });
    const input = make("input", { type: "checkbox", name: list.name, value: option.value, checked: option.selected });
    label.append(input, option.textContent.trim());
    box.append(label);
  }
  list.replaceWith(box);
  return box;
}

function filter(fieldset, box) {
  const name = fieldset.querySelector("legend").textContent;
  const input = make("input", { type: "search", className: "filter", placeholder: say("Find i listen", "Find in the list") });
  input.setAttribute("aria-label", say(`Find i ${name}`, `Find in ${name}`));
  const told = make("p", { className: "vh" });
  told.setAttribute("role", "status");
  input.addEventListener("input", () => {
    const words = input.value.toLocaleLowerCase(da ? "da" : "en").split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const label of box.children) {
      const text = label.textContent.toLocaleLowerCase(da ? "da" : "en");
      label.hidden = !words.every((word) => text.includes(word));
      shown += !label.hidden;
    }
    told.textContent = say(`${shown} vist`, `${shown} shown`);
  });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.before(input, told);
}

function count(fieldset) {
  const preset = fieldset.querySelector(".presets input:checked[data-size]");
  if (preset) return Number(preset.dataset.size);
  const bounds = [...fieldset.querySelectorAll(".span select")];
  const places = bounds.map((select) => select.selectedIndex);
  if (places.some((place) => place > 0)) {
    const last = bounds[0].options.length - 1;
    const [first, until] = [places[0] || last, places[1] || 1]; // the newest stands first
    return Math.abs(first - until) + 1;
  }
  return fieldset.querySelectorAll(".values input:checked").length;
}

function recount() {
  let cells = 1;
  for (const fieldset of form.querySelectorAll("fieldset[data-var]")) {
    const n = count(fieldset);
    const place = fieldset.closest("details").querySelector(".count");
    place.textContent = say(`${n} af ${place.dataset.of} valgt`, `${n} of ${place.dataset.of} chosen`);
    cells *= Math.max(n, fieldset.dataset.var === "ContentsCode" ? n || Number(place.dataset.of) : 1);
  }
  const told = form.querySelector(".cells");
  const limit = Number(told.dataset.limit);
  const file = number(Number(told.dataset.file));
  told.classList.toggle("over", cells > limit);
  told.textContent = say(
    `${number(cells)} celler valgt (højst ${number(limit)} på siden og ${file} i en fil)`,
    `${number(cells)} cells chosen (at most ${number(limit)} on the page and ${file} in a file)`,
  );
}

// a choice of one's own takes the place of «all» and «latest», and the other way round
function settle(target) {
  const fieldset = target.closest("fieldset[data-var]");
  if (!fieldset || target.classList.contains("filter")) return;
  const preset = target.closest(".presets");
  if (preset && target.checked && target.value) {
    fieldset.querySelectorAll(".values input:checked").forEach((input) => { input.checked = false; });
    fieldset.querySelectorAll(".span select").forEach((select) => { select.selectedIndex = 0; });
  } else if (!preset) {
    fieldset.querySelectorAll(".presets input[type=checkbox]").forEach((input) => { input.checked = false; });
    const own = fieldset.querySelector("[data-own]");
    if (own) own.checked = true;
    if (target.closest(".span")) fieldset.querySelectorAll(".values input:checked").forEach((input) => { input.checked = false; });
    else fieldset.querySelectorAll(".span select").forEach((select) => { select.selectedIndex = 0; });
  }
}

function dress() {
  for (const fieldset of form.querySelectorAll("fieldset[data-var]")) {
    const list = fieldset.querySelector("select.values");
    const box = list ? ticked(list) : fieldset.querySelector("div.values");
    if (box.children.length > 8) filter(fieldset, box);
  }
}

// the figures anew without the rest of the page; anything unexpected is an ordinary visit
let asked = 0;
async function show(address, kept) {
  const mine = ++asked;
  const main = document.querySelector("main");
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    const result = page.querySelector("#resultat");
    if (!answer.ok || !result || !document.querySelector("#resultat")) throw new Error("elsewhere");
    for (const spot of ["#resultat", ".reuse", ".important", "#notes", ".asof"]) {
      const [old, made] = [document.querySelector(spot), page.querySelector(spot)];
      if (old && made) old.replaceWith(made);
      else if (old) old.remove();
      else if (made) document.querySelector(spot === "#notes" ? ".reuse" : ".work")[spot === "#notes" ? "after" : "before"](made);
    }
    for (const input of page.querySelectorAll("form.choose input[type=hidden]")) {
      const old = form.querySelector(`input[type=hidden][name="${input.name}"]`);
      if (old) old.value = input.value;
      else form.prepend(input);
    }
    document.querySelector(".lang")?.setAttribute("href", page.querySelector(".lang").getAttribute("href"));
    if (!kept) history.pushState({}, "", answer.url);
    form.querySelector(".cells").textContent = result.querySelector("caption")?.firstChild?.textContent ?? "";
    copyable();
  } catch {
    location.assign(address);
  } finally {
    main.removeAttribute("aria-busy");
  }
}

function copyable() {
  for (const field of document.querySelectorAll("input.copy, textarea.copy")) {
    const label = document.querySelector(`label[for="${field.id}"]`)?.textContent ?? "";
    const button = make("button", { type: "button", className: "mini" }, say("Kopiér", "Copy"));
    button.setAttribute("aria-label", `${say("Kopiér", "Copy")}: ${label}`);
    const told = make("span", { className: "copied" });
    told.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
      told.textContent = say("Kopieret", "Copied");
    });
    field.after(button, told);
  }
}

// a picture that could not be drawn is told in words; the figures stand as a table
function missed(picture) {
  if (!(picture instanceof HTMLImageElement) || !picture.dataset.failed) return;
  picture.replaceWith(make("p", {}, `${picture.dataset.failed}.`));
  const table = document.querySelector("#tal");
  if (table) table.open = true;
}
addEventListener("error", (event) => missed(event.target), true);
for (const picture of document.querySelectorAll("img[data-failed]")) { // it may have failed before this was read
  if (picture.complete && !picture.naturalWidth) missed(picture);
}
document.addEventListener("click", (event) => {
  if (event.target.closest("a[href='#tal']")) document.querySelector("#tal").open = true;
});

if (form) {
  dress();
  if (!form.querySelector(".cells").textContent.trim()) recount();
  form.addEventListener("change", (event) => { settle(event.target); recount(); });
  form.addEventListener("submit", (event) => {
    if (!document.querySelector("#resultat")) return;
    event.preventDefault();
    const data = new URLSearchParams(new FormData(form));
    show(`${form.getAttribute("action").split("#")[0]}?${data}`);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#resultat thead a, #resultat .pivot a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const open = document.querySelector("#resultat .pivot")?.open;
    const place = [...document.querySelectorAll("#resultat thead a, #resultat .pivot a")].indexOf(link);
    show(link.href.split("#")[0]).then(() => {
      const pivot = document.querySelector("#resultat .pivot");
      if (pivot && open) pivot.open = true;
      document.querySelectorAll("#resultat thead a, #resultat .pivot a")[place]?.focus();
    });
  });
  addEventListener("popstate", () => location.reload());
}
copyable();
