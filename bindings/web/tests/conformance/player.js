// Plays a scenario on a host: at each step's moment whatever is due, the step, and whatever is due then. Runs in Node and in a page.
import { Collector } from "./collector.js";
import { EngineHost } from "./engine-host.js";
import { givenOf } from "./given.js";

/** The scenario's transcript on the engine behind this surface of the web build. */
export const playOnEngine = (scenario, surface) => play(scenario, new EngineHost(surface));

/** The scenario's transcript on this host. */
export async function play(scenario, host) {
  const given = givenOf(scenario);
  const lines = [];
  let collector = new Collector();
  let starts = 0;
  let isSilent = false;

  const sendWhatIsDue = async (now) => {
    if (isSilent) throw new Error("after a silence nothing can follow but a kill");
    for (let request; (request = await host.request(now)); ) {
      lines.push(`POST ${request.path}`, request.body);
      const answer = collector.answer(request.body);
      isSilent = answer === "silence";
      if (isSilent) return;
      await host.answer(now, answer);
    }
  };

  for (const step of scenario.when) {
    const { times = 1, every = 0 } = step;
    if (step.do === "kill") {
      host.kill();
      isSilent = false;
    } else if (step.do === "collector") collector = new Collector(step.answers);
    else if (step.do === "store") lines.push(host.isStoreUsed() ? "store used" : "store empty");
    else if (step.do === "tick") for (let tick = 0; tick < times; tick++) await sendWhatIsDue(moment(step, tick * every));
    else {
      if (step.do === "start") host.start(step, given, step.consent ?? given.consent, given.seed + starts++);
      else {
        await sendWhatIsDue(step);
        for (let time = 0; time < times; time++) host.call(step, step);
      }
      await sendWhatIsDue(step);
    }
  }
  const last = scenario.when.at(-1);
  const { lost, ...counts } = host.counts(moment(last, last.do === "tick" ? (last.every ?? 0) * ((last.times ?? 1) - 1) : 0));
  for (const [name, count] of Object.entries(counts)) lines.push(`${name} ${count}`);
  for (const [reason, count] of lost) lines.push(`lost ${reason} ${count}`);
  return lines.join("\n") + "\n";
}

const moment = ({ mono, wall }, after) => ({ mono: mono + after, wall: wall + after });
