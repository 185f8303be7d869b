// The page's own consent banner, shaped like a TCF CMP (IAB Transparency and Consent Framework 2.3): __tcfapi answers at once,
// and tells its listeners when the visitor has chosen. The string is not an encoded one: this is a demo, not a registered CMP.
(() => {
  const KEPT = "threadline-consent";
  const PURPOSES = { all: [1, 7, 8, 9, 10], measure: [8], none: [] };
  const listeners = new Map();
  let last = 0;
  let choice = null;
  try {
    choice = localStorage.getItem(KEPT);
  } catch { /* Storage is blocked: the visitor is asked on each page. */ }
  if (!(choice in PURPOSES)) choice = null;
  let status = choice ? "tcloaded" : "cmpuishown";

  const data = (listenerId) => {
    const consents = {};
    for (let purpose = 1; purpose <= 11; purpose += 1) consents[purpose] = Boolean(choice && PURPOSES[choice].includes(purpose));
    return {
      tcString: choice ? `DEMO.${choice}` : "",
      tcfPolicyVersion: 5,
      cmpId: 0,
      cmpVersion: 1,
      gdprApplies: true,
      eventStatus: status,
      cmpStatus: "loaded",
      listenerId,
      isServiceSpecific: true,
      useNonStandardTexts: true,
      publisherCC: "JP",
      purposeOneTreatment: false,
      purpose: { consents, legitimateInterests: {} },
      vendor: { consents: {}, legitimateInterests: {}, disclosedVendors: {} },
      specialFeatureOptins: {},
      publisher: { consents, legitimateInterests: {}, customPurpose: {}, restrictions: {} },
    };
  };
  const tell = () => listeners.forEach((listener, id) => listener(data(id), true));

  window.__tcfapi = (command, version, callback, parameter) => {
    if (command === "ping") {
      callback({ gdprApplies: true, cmpLoaded: true, cmpStatus: "loaded", displayStatus: choice ? "hidden" : "visible", apiVersion: "2.3", cmpId: 0, gvlVersion: 0, tcfPolicyVersion: 5 }, true);
    } else if (command === "addEventListener") {
      last += 1;
      listeners.set(last, callback);
      callback(data(last), true);
    } else if (command === "removeEventListener") {
      callback(listeners.delete(parameter), true);
    } else {
      callback(null, false);
    }
  };

  const choose = (wanted) => {
    choice = wanted;
    status = "useractioncomplete";
    try {
      localStorage.setItem(KEPT, wanted);
    } catch { /* As above. */ }
    document.querySelector(".consent")?.remove();
    tell();
  };

  const ask = () => {
    document.querySelector(".consent")?.remove();
    const button = (words, wanted) => {
      const one = document.createElement("button");
      one.type = "button";
      one.dataset.choice = wanted;
      one.textContent = words;
      one.addEventListener("click", () => choose(wanted));
      return one;
    };
    const banner = document.createElement("section");
    banner.className = "consent";
    banner.setAttribute("aria-label", "Privacy choices");
    const words = document.createElement("p");
    words.textContent = "May this page measure what you see of it? Until you choose, nothing is stored and nothing is sent.";
    const buttons = document.createElement("div");
    buttons.append(button("Yes", "all"), button("Yes, without an id", "measure"), button("No", "none"));
    banner.append(words, buttons);
    document.body.append(banner);
  };

  addEventListener("DOMContentLoaded", () => {
    if (!choice) ask();
    document.querySelector("[data-choices]").addEventListener("click", () => {
      status = "cmpuishown";
      ask();
      tell();
    });
  });
})();
