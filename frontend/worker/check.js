// Can this browser do what signing needs? In the language of old browsers, so that they can say no themselves.
(function () {
  var storage = false;
  try {
    storage = !!window.sessionStorage;
    window.sessionStorage.setItem("check", "1");
    window.sessionStorage.removeItem("check");
  } catch (error) {
    storage = false; // switched off, or full
  }
  var able =
    storage &&
    typeof Promise === "function" &&
    typeof Map === "function" &&
    typeof window.fetch === "function" &&
    typeof AbortController === "function" &&
    typeof PointerEvent === "function" &&
    !!Element.prototype.append &&
    !!(window.URL && URL.createObjectURL) &&
    !!(window.crypto && crypto.getRandomValues);
  if (able) return;
  document.body.setAttribute("data-step", "unsupported");
  document.getElementById("wait").hidden = true;
  document.getElementById("unsupported").hidden = false;
})();
