//! The engine behind the thinnest host there is, on the file journal of the native client.

use anyhow::{Context, Result, bail};
use eyeline::journal::Journal;
use eyeline_core::{
    AffiliateId, Click, Config, Consent, Convert, Device, Engine, Entropy, Goal, HostAnswer,
    Impression, ImpressionHandle, Label, Media, MediaState, Money, Now, Page, Pairs, Propensity,
    Rule, SamplingRate, Serve, Step, Ticket, Visibility,
};
use std::collections::BTreeMap;
use std::str::FromStr;
use tempfile::TempDir;

use crate::host::{Counts, Host, Request, holds_a_byte, unpacked};
use crate::scenario::{self, Call, Choice, Given, Render, Served};

/// One device: a directory, and the process that runs on it.
#[derive(Debug)]
pub struct EngineHost {
    directory: TempDir,
    process: Option<Process>,
}

#[derive(Debug)]
struct Process {
    engine: Engine,
    journal: Journal,
    views: BTreeMap<u64, ImpressionHandle>,
    ticket: Option<Ticket>,
}

impl EngineHost {
    /// A device on which nothing ran yet.
    ///
    /// # Errors
    /// Where it gets no directory.
    pub fn new() -> Result<Self> {
        Ok(Self {
            directory: TempDir::new().context("no directory for the journal")?,
            process: None,
        })
    }

    fn process(&mut self) -> Result<&mut Process> {
        self.process.as_mut().context("no client runs")
    }
}

impl Host for EngineHost {
    fn start(&mut self, now: Now, given: &Given, choice: Choice, seed: u64) -> Result<()> {
        if self.process.is_some() {
            bail!("a client runs already");
        }
        let (journal, saved) = Journal::open(self.directory.path(), JOURNAL_BYTES)?;
        let bits = Box::new(SplitMix64(seed));
        let engine = Engine::start(config(given, choice)?, saved, now, bits);
        let process = self.process.insert(Process {
            engine,
            journal,
            views: BTreeMap::new(),
            ticket: None,
        });
        process.save()
    }

    fn kill(&mut self) -> Result<()> {
        self.process = None;
        Ok(())
    }

    fn call(&mut self, now: Now, call: &Call) -> Result<()> {
        let process = self.process()?;
        process.call(now, call)?;
        process.save()
    }

    fn request(&mut self, now: Now) -> Result<Option<Request>> {
        let process = self.process()?;
        let step = process.engine.next_step(now);
        process.save()?;
        let Step::Send(upload) = step else {
            return Ok(None);
        };
        process.ticket = Some(upload.ticket);
        Ok(Some(Request {
            path: upload.path_and_query,
            body: unpacked(upload.body)?,
        }))
    }

    fn answer(&mut self, now: Now, answer: &HostAnswer) -> Result<()> {
        let process = self.process()?;
        let ticket = process.ticket.take().context("nothing was asked")?;
        process.engine.answer(now, ticket, answer);
        process.save()
    }

    fn is_store_used(&self) -> Result<bool> {
        holds_a_byte(self.directory.path())
    }

    fn counts(&mut self, now: Now) -> Result<Counts> {
        let stats = self
            .process
            .as_ref()
            .map(|process| process.engine.stats(now))
            .unwrap_or_default();
        Ok(Counts {
            captured: stats.captured,
            delivered: stats.delivered,
            queued: stats.queued,
            erasures: stats.erasures,
            lost: stats
                .lost
                .iter()
                .map(|(reason, count)| (reason.as_str(), *count))
                .filter(|(_, count)| *count > 0)
                .collect(),
        })
    }
}

impl Process {
    fn save(&mut self) -> Result<()> {
        if let Some(writes) = self.engine.take_writes() {
            self.journal.write(&writes)?;
        }
        Ok(())
    }

    // What the engine refuses concerns that event alone: the transcript shows it by what is missing.
    fn call(&mut self, now: Now, call: &Call) -> Result<()> {
        let engine = &mut self.engine;
        match call {
            Call::Active { active } => engine.set_active(now, *active),
            Call::Activity {} => engine.activity(now),
            Call::Render(render) => {
                if let Ok(handle) = engine.render(now, impression(render)?) {
                    self.views.insert(render.view, handle);
                }
            }
            Call::Visible {
                view,
                fraction,
                width,
                height,
            } => {
                let shows = Visibility {
                    fraction: *fraction,
                    width: *width,
                    height: *height,
                };
                if let Some(handle) = self.views.get(view) {
                    let _ = engine.visible(now, *handle, shows);
                }
            }
            Call::Click {
                view,
                trusted,
                target,
            } => {
                let click = Click {
                    trusted: Some(*trusted),
                    target: text(target)?,
                };
                if let Some(handle) = self.views.get(view) {
                    let _ = engine.click(now, *handle, click);
                }
            }
            Call::Media { view, .. } => {
                if let Some(handle) = self.views.get(view) {
                    let _ = engine.media(now, *handle, media(call)?);
                }
            }
            Call::Hide { view, why } => {
                if let Some(handle) = self.views.get(view) {
                    let _ = engine.hide(now, *handle, &Label::new(why)?);
                }
            }
            Call::Serve(served) => drop(engine.track(now, serve(served)?)),
            Call::Convert {
                goal,
                value,
                currency,
                order,
            } => {
                let mut convert = Convert::new(Goal::new(goal)?);
                if !currency.is_empty() {
                    convert.value = Some(Money::new(*value, currency)?);
                }
                convert.order = text(order)?;
                let _ = engine.track(now, convert);
            }
            Call::Page(shown) => drop(engine.set_page(now, page(shown)?)),
            Call::Device(given) => engine.set_device(now, device(given)?),
            Call::Consent { choice } => engine.set_consent(now, consent(*choice)),
            Call::Gpc { on } => engine.set_gpc(now, *on),
            Call::Forget {} => engine.forget(now),
            Call::Flush {} => engine.flush(now),
            Call::Background {} => engine.background(now),
            Call::Shutdown {} => engine.shutdown(now),
            Call::Start { .. }
            | Call::Kill {}
            | Call::Collector { .. }
            | Call::Tick { .. }
            | Call::Store {} => {
                bail!("{call:?} is not the client's")
            }
        }
        Ok(())
    }
}

fn config(given: &Given, choice: Choice) -> Result<Config> {
    let mut config = Config::new(AffiliateId::new(&given.affiliate)?, Label::new(&given.sdk)?);
    config.consent = consent(choice);
    config.gpc = given.gpc;
    config.children = given.children;
    config.sampling = SamplingRate::new(given.sampling)?;
    config.page = Some(page(&given.page)?);
    config.device = device(&given.device)?;
    config.experiments = Pairs::experiments(&given.experiments)?;
    config.dimensions = Pairs::dimensions(&given.dimensions)?;
    Ok(config)
}

fn consent(choice: Choice) -> Consent {
    match choice {
        Choice::Pending => Consent::Pending,
        Choice::Full => Consent::Full,
        Choice::Measure => Consent::MeasureOnly,
        Choice::Denied => Consent::Denied,
    }
}

fn page(given: &scenario::Page) -> Result<Page> {
    Ok(Page {
        site: text(&given.site)?,
        path: text(&given.path)?,
        referrer: text(&given.referrer)?,
    })
}

fn device(given: &scenario::Device) -> Result<Device> {
    Ok(Device {
        class: text(&given.class)?,
        os: text(&given.os)?,
        language: text(&given.language)?,
        utc_offset_min: Some(given.utc_offset_min),
        viewport_width: Some(given.viewport_width),
        viewport_height: Some(given.viewport_height),
    })
}

fn impression(render: &Render) -> Result<Impression> {
    let content = text(&render.content)?.context("an impression has content")?;
    let placement = text(&render.placement)?.context("an impression has a placement")?;
    let mut impression = Impression::new(content, placement);
    impression.position = render.position;
    impression.request = text(&render.request)?;
    impression.model = text(&render.model)?;
    impression.propensity = render.propensity.map(Propensity::new).transpose()?;
    impression.exploration = render.exploration;
    impression.measurable = render.measurable;
    impression.variant = text(&render.variant)?;
    impression.rule = match &render.rule {
        Some(rule) => Rule::custom(&rule.name, rule.fraction, rule.ms, render.video)?,
        None if render.video => Rule::Video,
        None => Rule::Display,
    };
    Ok(impression)
}

fn serve(served: &Served) -> Result<Serve> {
    let placement = text(&served.placement)?.context("no placement")?;
    let mut serve = Serve::new(placement);
    serve.content = text(&served.content)?;
    serve.position = served.position;
    serve.request = text(&served.request)?;
    serve.model = text(&served.model)?;
    serve.propensity = served.propensity.map(Propensity::new).transpose()?;
    serve.exploration = served.exploration;
    Ok(serve)
}

fn media(call: &Call) -> Result<Media> {
    let Call::Media {
        state,
        position,
        watched,
        length,
        autoplay,
        muted,
        ..
    } = call
    else {
        bail!("{call:?} is not about media");
    };
    let known = STATES.iter().find(|known| known.as_str() == state);
    let mut media = Media::new(*known.context("no such state")?, *position);
    media.watched_ms = *watched;
    media.length_ms = *length;
    media.autoplay = Some(*autoplay);
    media.muted = Some(*muted);
    Ok(media)
}

/// A checked text; none where it is empty.
fn text<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    text: &str,
) -> Result<Option<T>> {
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(text.parse()?))
}

/// The generator all hosts draw ids and jitter from when a scenario is played.
#[derive(Debug)]
struct SplitMix64(u64);

impl Entropy for SplitMix64 {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

const STATES: [MediaState; 10] = [
    MediaState::Start,
    MediaState::FirstQuartile,
    MediaState::Midpoint,
    MediaState::ThirdQuartile,
    MediaState::Complete,
    MediaState::Pause,
    MediaState::Resume,
    MediaState::Mute,
    MediaState::Error,
    MediaState::Stop,
];

/// More than any scenario takes.
const JOURNAL_BYTES: u64 = 256 * 1024 * 1024;
