// What the answers of consent platforms allow: IAB TCF 2.x (`TCData`) and IAB GPP (`PingReturn.parsedSections`).

/** As ops carry it: 0 pending, 1 full, 2 measure only, 3 denied. */
export type Choice = 0 | 1 | 2 | 3;
export const PENDING = 0;
export const FULL = 1;
export const MEASURE = 2;
export const DENIED = 3;

type Marks = Record<number, boolean | undefined> | undefined;
/** What of the TCF's TCData is read. */
export type TcData = {
  eventStatus?: string;
  gdprApplies?: boolean;
  purposeOneTreatment?: boolean;
  purpose?: { consents?: Marks; legitimateInterests?: Marks };
  vendor?: { consents?: Marks; legitimateInterests?: Marks };
};
/** What of the GPP's PingReturn is read. */
export type GppPing = {
  signalStatus?: string;
  applicableSections?: number[];
  parsedSections?: Record<string, unknown>;
};

/** The stricter of two. */
export const stricter = (a: Choice, b: Choice): Choice => (STRICTNESS[a] >= STRICTNESS[b] ? a : b);

/**
 * Purpose 1 (store on a device) and purpose 8 (measure content performance) consented: full. Purpose 8 alone, by
 * consent or legitimate interest: measure only, which keeps no visitor id. Otherwise denied. Where the publisher's
 * country leaves purpose 1 out of the dialogue, nobody consented to storing: measure only.
 */
export const ofTcf = (tc: TcData, vendor?: number): Choice => {
  if (tc.gdprApplies === false) return FULL;
  if (tc.eventStatus !== "tcloaded" && tc.eventStatus !== "useractioncomplete") return PENDING;
  const has = (kind: "consents" | "legitimateInterests", purpose: number) =>
    !!tc.purpose?.[kind]?.[purpose] && (!vendor || !!tc.vendor?.[kind]?.[vendor]);
  const measures = has("consents", MEASURE_CONTENT) || has("legitimateInterests", MEASURE_CONTENT);
  if (!measures) return DENIED;
  return has("consents", MEASURE_CONTENT) && has("consents", STORE) && !tc.purposeOneTreatment ? FULL : MEASURE;
};

/** An opt-out of sale, sharing or targeted advertising, or GPC, in any section that applies: measure only. */
export const ofGpp = (ping: GppPing, vendor?: number): Choice => {
  if (ping.signalStatus !== "ready") return PENDING;
  let choice: Choice = FULL;
  for (const [name, section] of Object.entries(ping.parsedSections ?? {})) {
    // Subsections (the GPC one, say) come as a list beside the core.
    const fields: Record<string, unknown> = Object.assign({}, ...(Array.isArray(section) ? section : [section]));
    const id = SECTIONS[name];
    if (ping.applicableSections?.length && id && !ping.applicableSections.includes(id)) continue;
    if (name === "tcfeuv2") choice = stricter(choice, ofTcf(tcOf(fields), vendor));
    else if (OPT_OUTS.some((field) => fields[field] === 1) || fields.Gpc === true || fields.Gpc === 1 || fields.OptOutSale === "Y") {
      choice = stricter(choice, MEASURE);
    }
  }
  return choice;
};

/** A GPP section of the TCF lists purposes from the first on, and vendors by number. */
const tcOf = (fields: Record<string, unknown>): TcData => {
  const marks = (name: string, from: number): Marks => {
    const list = fields[name];
    if (!Array.isArray(list)) return undefined;
    return Object.fromEntries(list.map((value, i) => (typeof value === "number" ? [value, true] : [i + from, !!value])));
  };
  return {
    eventStatus: "tcloaded",
    purposeOneTreatment: !!fields.PurposeOneTreatment,
    purpose: { consents: marks("PurposeConsents", 1), legitimateInterests: marks("PurposeLegitimateInterests", 1) },
    vendor: { consents: marks("VendorConsents", 1), legitimateInterests: marks("VendorLegitimateInterests", 1) },
  };
};

/** By choice: full, measure only, pending, denied. */
const STRICTNESS = [2, 0, 1, 3] as const;
/** IAB TCF policies, appendix A. */
const STORE = 1;
const MEASURE_CONTENT = 8;
/** IAB GPP: names of fields that say 1 for "opted out" in the sections of the US states and the national one. */
const OPT_OUTS = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"];
/** IAB GPP section ids, where not every page is under the section. */
const SECTIONS: Record<string, number> = { tcfeuv2: 2, tcfcav1: 5, uspv1: 6, usnat: 7, usca: 8, usva: 9, usco: 10, usut: 11, usct: 12 };
