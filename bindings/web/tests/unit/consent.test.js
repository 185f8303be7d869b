// What the answers of consent platforms allow; the objects are shaped as IAB's own `cmpapi` libraries make them.
import assert from "node:assert/strict";
import test from "node:test";
import { compiled } from "./compiled.js";

const { ofTcf, ofGpp, stricter, PENDING, FULL, MEASURE, DENIED } = await compiled("host/consent-map.ts");

const marks = (numbers) => Object.fromEntries(numbers.map((number) => [number, true]));

/** TCData of a visitor who agreed to `purposes` and did not object to `interests`. */
const tcData = (purposes, interests = [], more = {}) => ({
  tcString: "CP…",
  tcfPolicyVersion: 5,
  cmpId: 1000,
  cmpVersion: 2,
  gdprApplies: true,
  eventStatus: "useractioncomplete",
  cmpStatus: "loaded",
  listenerId: 1,
  isServiceSpecific: true,
  useNonStandardTexts: false,
  publisherCC: "DE",
  purposeOneTreatment: false,
  purpose: { consents: marks(purposes), legitimateInterests: marks(interests) },
  vendor: { consents: marks([755]), legitimateInterests: marks([755]) },
  specialFeatureOptins: {},
  publisher: { consents: {}, legitimateInterests: {}, customPurpose: { consents: {}, legitimateInterests: {} }, restrictions: {} },
  ...more,
});

/** PingReturn with the sections given. */
const ping = (parsedSections, more = {}) => ({
  gppVersion: "1.1",
  cmpStatus: "loaded",
  cmpDisplayStatus: "hidden",
  signalStatus: "ready",
  supportedAPIs: ["2:tcfeuv2", "7:usnat", "8:usca"],
  cmpId: 31,
  sectionList: [7],
  applicableSections: [7],
  gppString: "DBA…",
  parsedSections,
  ...more,
});

test("purposes 1 and 8 consented are full consent", () => {
  assert.equal(ofTcf(tcData([1, 8])), FULL);
  assert.equal(ofTcf(tcData([1, 2, 3, 4, 7, 8, 9, 10])), FULL);
});

test("purpose 8 without purpose 1, or by legitimate interest, is measure only", () => {
  assert.equal(ofTcf(tcData([8])), MEASURE);
  assert.equal(ofTcf(tcData([], [8])), MEASURE);
  assert.equal(ofTcf(tcData([1], [8])), MEASURE);
});

test("without purpose 8 nothing is recorded", () => {
  assert.equal(ofTcf(tcData([])), DENIED);
  assert.equal(ofTcf(tcData([1, 7], [7, 10])), DENIED);
});

test("a visitor who was never asked about purpose 1 has not agreed to it", () => {
  assert.equal(ofTcf(tcData([1, 8], [], { purposeOneTreatment: true })), MEASURE);
});

test("a named vendor needs the visitor's word too", () => {
  assert.equal(ofTcf(tcData([1, 8]), 755), FULL);
  assert.equal(ofTcf(tcData([1, 8]), 756), DENIED);
});

test("while the dialogue is open nothing is decided", () => {
  assert.equal(ofTcf(tcData([1, 8], [], { eventStatus: "cmpuishown" })), PENDING);
});

test("where the GDPR does not apply consent is full, whatever the rest says", () => {
  assert.equal(ofTcf({ gdprApplies: false, eventStatus: "tcloaded" }), FULL);
});

const US = { Version: 1, SharingNotice: 1, SaleOptOutNotice: 1, SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2, MspaCoveredTransaction: 2 };

test("a visitor of a US state who opted out of nothing consents", () => {
  assert.equal(ofGpp(ping({ usnat: US })), FULL);
  assert.equal(ofGpp(ping({ usnat: [US, { SubsectionType: 1, Gpc: false }] })), FULL);
});

test("each opt-out of a US section, and GPC, is measure only", () => {
  for (const field of ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"]) {
    assert.equal(ofGpp(ping({ usnat: { ...US, [field]: 1 } })), MEASURE, field);
  }
  assert.equal(ofGpp(ping({ usnat: [US, { SubsectionType: 1, Gpc: true }] })), MEASURE);
  assert.equal(ofGpp(ping({ usnat: { ...US, Gpc: 1 } })), MEASURE);
  const uspv1 = { Version: 1, Notice: "Y", OptOutSale: "Y", LspaCovered: "N" };
  assert.equal(ofGpp(ping({ uspv1 }, { applicableSections: [6] })), MEASURE);
});

test("a section that does not apply here says nothing", () => {
  assert.equal(ofGpp(ping({ usnat: { ...US, SaleOptOut: 1 }, usca: US }, { applicableSections: [8] })), FULL);
});

test("the TCF's section of the GPP counts as the TCF", () => {
  const list = (numbers, length = 24) => Array.from({ length }, (_, i) => numbers.includes(i + 1));
  const tcfeuv2 = { PurposeConsents: list([1, 8]), PurposeLegitimateInterests: list([]), VendorConsents: [755], VendorLegitimateInterests: [], PurposeOneTreatment: false };
  const eu = (fields, vendor) => ofGpp(ping({ tcfeuv2: { ...tcfeuv2, ...fields } }, { applicableSections: [2] }), vendor);
  assert.equal(eu({}), FULL);
  assert.equal(eu({}, 755), FULL);
  assert.equal(eu({}, 12), DENIED);
  assert.equal(eu({ PurposeConsents: list([]) }), DENIED);
});

test("while the signal is not ready nothing is decided", () => {
  assert.equal(ofGpp(ping({ usnat: US }, { signalStatus: "not ready" })), PENDING);
});

test("of two choices the stricter holds, and an open question is stricter than a yes", () => {
  assert.equal(stricter(FULL, MEASURE), MEASURE);
  assert.equal(stricter(PENDING, FULL), PENDING);
  assert.equal(stricter(PENDING, MEASURE), PENDING);
  assert.equal(stricter(DENIED, PENDING), DENIED);
});
