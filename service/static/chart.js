// A chart that answers to the pointer, for who asks: Vega is fetched only then, and runs without eval.
function offer() {
  for (const button of document.querySelectorAll("button[data-spec][hidden]")) button.hidden = false;
}

async function enliven(button) {
  const figure = button.closest("figure");
  const told = figure.querySelector("[role=status]");
  button.disabled = true;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: button.dataset.style }));
  try {
    const [answer] = await Promise.all([fetch(button.dataset.spec), import(button.dataset.vega)]);
    if (!answer.ok) throw new Error(answer.statusText);
    const { spec, locale } = await answer.json();
    const place = document.createElement("div");
    place.className = "live";
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", figure.querySelector("img").alt);
    await window.vegaEmbed(place, spec, {
      ast: true, actions: false, renderer: "svg", defaultStyle: false, formatLocale: locale,
      tooltip: { disableDefaultStyle: true },
    });
    figure.querySelector("img").replaceWith(place);
    button.remove();
  } catch {
    button.disabled = false;
    told.textContent = button.dataset.failed;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-spec]");
  if (button) enliven(button);
});
offer();
new MutationObserver(offer).observe(document.body, { childList: true, subtree: true });
