// On the page around: gives our frames the height they ask for, and defines <statbank-table src title>.
(function () {
  "use strict";
  var home = new URL(document.currentScript.src).origin;
  var pages = /^\/(?:da\/tabel|en\/table)\/(\w+)$/;

  function address(text) {
    try { return new URL(text, document.baseURI); } catch (_) { return null; }
  }

  function ours(frame) {
    var url = address(frame.src);
    return Boolean(url) && url.origin === home && url.pathname.indexOf("/embed/") === 0;
  }

  function framed(text) {
    var url = address(text);
    var page = url && pages.exec(url.pathname);
    if (!url || url.origin !== home || !(page || url.pathname.indexOf("/embed/") === 0)) return null;
    if (page) {
      if (url.pathname.indexOf("/en/") === 0) url.searchParams.set("lang", "en");
      url.pathname = "/embed/" + page[1];
    }
    return url.href;
  }

  window.addEventListener("message", function (event) {
    var data = event.data;
    if (!data || data.type !== "statbank:height" || typeof data.height !== "number" || !isFinite(data.height)) return;
    document.querySelectorAll("iframe").forEach(function (frame) {
      if (frame.contentWindow === event.source && ours(frame)) {
        frame.style.height = Math.min(10000, Math.max(40, data.height)) + "px";
      }
    });
  });

  if (!customElements.get("statbank-table")) {
    customElements.define("statbank-table", class extends HTMLElement {
      connectedCallback() {
        // while the page is read its children are yet to come: they would stand beside the frame
        if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", this.show.bind(this));
        else this.show();
      }

      show() {
        var src = framed(this.getAttribute("src") || "");
        if (!src || this.querySelector("iframe")) return;
        var frame = document.createElement("iframe");
        frame.title = this.getAttribute("title") || "";
        frame.loading = "lazy";
        frame.width = "100%";
        frame.height = "420";
        frame.style.border = "0";
        frame.src = src;
        this.replaceChildren(frame);
      }
    });
  }

  document.querySelectorAll("iframe").forEach(function (frame) {
    if (ours(frame) && frame.contentWindow) frame.contentWindow.postMessage({ type: "statbank:ask-height" }, "*");
  });
})();
