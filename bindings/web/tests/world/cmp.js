// A consent platform for test pages, shaped as the IAB's specifications say: TCF 2.3 (`__tcfapi`) and GPP 1.1 (`__gpp`), each with
// its stub first, the real API later, event listeners, and the locator frame that frames of other origins look for.

/** Runs in the page. `decide(choice)` plays the visitor: `shown`, `accepted`, `rejected`, `legitimate`, `outside`. */
export const TCF = `
(() => {
  const queue = [], listeners = new Map();
  let last = 0, status = "tcloaded", shown = false, answer = null;
  const locate = () => {
    if (window.frames.__tcfapiLocator) return;
    if (!document.body) return setTimeout(locate, 5);
    const frame = document.createElement("iframe");
    frame.style.cssText = "display:none";
    frame.name = "__tcfapiLocator";
    document.body.appendChild(frame);
  };
  locate();
  // The stub: answers ping, queues everything else.
  window.__tcfapi = (...call) => {
    if (call[0] === "ping") call[2]({ gdprApplies: undefined, cmpLoaded: false, cmpStatus: "stub", apiVersion: "2.3" }, true);
    else queue.push(call);
  };
  const all = (ids, value) => Object.fromEntries(ids.map((id) => [id, value]));
  const PURPOSES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], VENDORS = [10, 755];
  const data = (listenerId) => ({
    tcString: "CQAAAAAQAAAAAAfABBENAAFgAAAAAAAAAAAAAAAAAAAA", tcfPolicyVersion: 5, cmpId: 31, cmpVersion: 12,
    gdprApplies: answer !== "outside", eventStatus: status, cmpStatus: "loaded", listenerId,
    isServiceSpecific: true, useNonStandardTexts: false, publisherCC: "DE", purposeOneTreatment: false,
    outOfBand: { allowedVendors: {}, disclosedVendors: {} },
    purpose: {
      consents: { ...all(PURPOSES, answer === "accepted"), ...(answer === "legitimate" && { 1: false, 8: false }) },
      legitimateInterests: { ...all(PURPOSES, false), ...(answer === "legitimate" && { 7: true, 8: true }) },
    },
    vendor: { consents: all(VENDORS, answer === "accepted"), legitimateInterests: all(VENDORS, answer === "legitimate"), disclosedVendors: all(VENDORS, true) },
    specialFeatureOptins: all([1, 2], false),
    publisher: { consents: {}, legitimateInterests: {}, customPurpose: { consents: {}, legitimateInterests: {} }, restrictions: {} },
  });
  const tell = () => { for (const [id, callback] of listeners) callback(data(id), true); };
  const api = (command, version, callback, parameter) => {
    if (command === "ping") callback({ gdprApplies: answer !== "outside", cmpLoaded: true, cmpStatus: "loaded", displayStatus: shown ? "visible" : "hidden", apiVersion: "2.3", cmpVersion: 12, cmpId: 31, gvlVersion: 160, tcfPolicyVersion: 5 }, true);
    else if (version !== 2) callback(null, false);
    else if (command === "addEventListener") {
      listeners.set(++last, callback);
      if (answer !== null || shown) callback(data(last), true);
    } else if (command === "removeEventListener") callback(listeners.delete(parameter), true);
    else callback(null, false);
  };
  window.cmpLoads = () => { window.__tcfapi = api; for (const call of queue.splice(0)) api(...call); };
  window.decide = (choice) => {
    shown = choice === "shown";
    status = shown ? "cmpuishown" : choice === "outside" ? "tcloaded" : "useractioncomplete";
    if (!shown) answer = choice;
    tell();
  };
  addEventListener("message", (event) => {
    let message;
    try { message = typeof event.data === "string" ? JSON.parse(event.data) : event.data; } catch { return; }
    const call = message && message.__tcfapiCall;
    if (!call) return;
    window.__tcfapi(call.command, call.version, (returnValue, success) => {
      const reply = { __tcfapiReturn: { returnValue, success, callId: call.callId } };
      event.source.postMessage(typeof event.data === "string" ? JSON.stringify(reply) : reply, "*");
    }, call.parameter);
  });
})();`;

/** Runs in the page. `decide(choice)`: `shown`, `allowed`, `opted out`. The national section of the United States applies. */
export const GPP = `
(() => {
  const listeners = new Map(), queue = [];
  let last = 0, ready = false, out = false;
  window.__gpp = (...call) => {
    if (call[0] === "ping") call[1]({ gppVersion: "1.1", cmpStatus: "stub", cmpDisplayStatus: "hidden", signalStatus: "not ready", supportedAPIs: ["7:usnat"], cmpId: 31, sectionList: [], applicableSections: [], gppString: "", parsedSections: {} }, true);
    else queue.push(call);
  };
  const ping = () => ({
    gppVersion: "1.1", cmpStatus: "loaded", cmpDisplayStatus: ready ? "hidden" : "visible", signalStatus: ready ? "ready" : "not ready",
    supportedAPIs: ["2:tcfeuv2", "7:usnat"], cmpId: 31, sectionList: [7], applicableSections: [7], gppString: "DBABLA~BVQqAAAAAgA.QA",
    parsedSections: { usnat: [
      { Version: 1, SharingNotice: 1, SaleOptOutNotice: 1, SharingOptOutNotice: 1, TargetedAdvertisingOptOutNotice: 1, SensitiveDataProcessingOptOutNotice: 0, SensitiveDataLimitUseNotice: 0,
        SaleOptOut: out ? 1 : 2, SharingOptOut: out ? 1 : 2, TargetedAdvertisingOptOut: out ? 1 : 2, SensitiveDataProcessing: [0,0,0,0,0,0,0,0,0,0,0,0], KnownChildSensitiveDataConsents: [0, 0], PersonalDataConsents: 0, MspaCoveredTransaction: 2, MspaOptOutOptionMode: 0, MspaServiceProviderMode: 0 },
      { SubsectionType: 1, Gpc: false },
    ] },
  });
  const api = (command, callback, parameter) => {
    if (command === "ping") callback(ping(), true);
    else if (command === "addEventListener") {
      listeners.set(++last, callback);
      callback({ eventName: "listenerRegistered", listenerId: last, data: true, pingData: ping() }, true);
    } else if (command === "removeEventListener") callback(listeners.delete(parameter), true);
    else if (command === "hasSection") callback(parameter === "usnat", true);
    else callback(null, false);
  };
  window.cmpLoads = () => { window.__gpp = api; for (const call of queue.splice(0)) api(...call); };
  window.decide = (choice) => {
    ready = choice !== "shown";
    out = choice === "opted out";
    for (const [listenerId, callback] of listeners) callback({ eventName: "signalStatus", listenerId, data: ready ? "ready" : "not ready", pingData: ping() }, true);
  };
})();`;
