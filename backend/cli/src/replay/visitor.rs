//! One visitor's app: an SDK start for each visit, all of them in one directory, as on one device.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use eyeline::{Client, Flushed, SteppedClock, View};
use eyeline_core::{
    Click, Consent, ContentId, Device, Impression, Label, ModelId, Page, PagePath, Pairs,
    PlacementId, Propensity, RequestId, Site, Stats, Visibility,
};
use tokio::runtime::Handle;

use super::data::Row;

/// Where visits send to, and the clock they go by.
#[derive(Clone, Debug)]
pub(super) struct Network {
    pub(super) collector: String,
    pub(super) key: String,
    pub(super) clock: SteppedClock,
}

/// Opens the app: a new SDK start in the visitor's directory.
pub(super) fn open(network: &Network, directory: PathBuf, row: &Row) -> Result<Client> {
    let page = Page {
        site: Some(Site::new("zozo.example")?),
        path: Some(PagePath::new(format!("/{}", row.campaign))?),
        referrer: None,
    };
    let device = Device {
        class: Some(Label::new("phone")?),
        language: Some(Label::new("ja-JP")?),
        utc_offset_min: Some(540),
        ..Device::default()
    };
    let client = Client::builder(&network.collector, &network.key, &affiliate(&row.campaign))
        .directory(directory)
        .consent(Consent::Full)
        .page(page)
        .device(device)
        .experiments(Pairs::experiments([("recs", row.policy.as_str())])?)
        // What is drawn and not measured says so, on every batch.
        .dimensions(Pairs::dimensions([("overlay", "synthetic")])?)
        .batch_age(BATCH_AGE)
        .runtime(Handle::current())
        .clock(&network.clock);
    client.build().context("cannot start the SDK")
}

/// The affiliate a campaign's impressions belong to.
pub(super) fn affiliate(campaign: &str) -> String {
    format!("zozo-{campaign}")
}

/// Records that a row was shown.
pub(super) fn render(client: &Client, number: usize, row: &Row) -> Result<View> {
    let content = ContentId::new(format!("item-{}-{}", row.campaign, row.item_id))?;
    let view = client.impression(Impression {
        position: Some(row.position),
        request: Some(RequestId::new(format!("r{number}"))?),
        model: Some(ModelId::new(format!("{}@2019-11", row.policy))?),
        propensity: Some(Propensity::new(row.propensity_score)?),
        exploration: row.policy == "random",
        ..Impression::new(content, PlacementId::new(format!("recs-{}", row.campaign))?)
    });
    ensure!(
        view.number().is_some(),
        "the SDK refused the impression of row {number}"
    );
    Ok(view)
}

/// Says how much of an impression shows, and that the visitor is there.
pub(super) fn appear(client: &Client, view: &View, fraction: f64) {
    client.activity();
    view.visible(Visibility {
        fraction,
        width: ITEM_WIDTH,
        height: ITEM_HEIGHT,
    });
}

/// Records a click.
pub(super) fn click(view: &View) -> Result<()> {
    view.click(Click {
        trusted: Some(true),
        target: None,
    })
    .context("the SDK refused a click")?;
    Ok(())
}

/// Waits until nothing is due at the clock's present.
pub(super) async fn settle(client: &Client) -> Result<()> {
    match client.settle(PATIENCE).await {
        Flushed::Complete | Flushed::Kept { .. } => Ok(()),
        other => anyhow::bail!(
            "the SDK did not settle within {} s: {other:?}",
            PATIENCE.as_secs()
        ),
    }
}

/// Closes the app: what is queued stays in the directory for the next start.
pub(super) async fn close(client: Client) -> Stats {
    client.shutdown(PATIENCE).await;
    client.stats()
}

/// A recommendation tile of the shop's page, in CSS px: below the size from which 30 % counts as viewable.
const ITEM_WIDTH: f64 = 300.0;
const ITEM_HEIGHT: f64 = 300.0;
/// Longer than an app would wait, so that a week of real traffic makes thousands of requests and not tens of thousands.
const BATCH_AGE: Duration = Duration::from_secs(8 * 60);
/// In real time: a collector that is being started again answers well before.
const PATIENCE: Duration = Duration::from_secs(60);
