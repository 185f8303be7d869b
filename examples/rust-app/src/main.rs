//! A feed of three articles that a reader scrolls through: `cargo run -p example-rust-app -- ADDRESS KEY [AFFILIATE]`.

use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result};
use eyeline::{
    Click, Client, Consent, ContentId, Flushed, Impression, Label, Page, PagePath, PlacementId,
    Visibility,
};

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .context("name the collector's address, as `eyeline up` prints it")?;
    let key = arguments
        .next()
        .context("name the write key, as `eyeline up` prints it")?;
    let affiliate = arguments.next().unwrap_or_else(|| "my-site".to_owned());

    // Events wait in this directory until the collector has them, even if the app is killed.
    let client = Client::builder(&address, &key, &affiliate)
        .directory(env::temp_dir().join("eyeline-example"))
        .consent(Consent::Full)
        .build()?;
    client.set_page(Page::new(PagePath::new("/feed")?))?;

    for position in 1..=3 {
        let article = ContentId::new(format!("article-{position}"))?;
        let shown = Impression {
            position: Some(position),
            ..Impression::new(article, PlacementId::new("feed")?)
        };
        let view = client.impression(shown);
        // A real app reports this from its scroll view. Half of it for a second makes it viewable: the SDK decides.
        view.visible(Visibility {
            fraction: 0.8,
            width: 320.0,
            height: 200.0,
        });
        client.activity();
        thread::sleep(Duration::from_millis(1_300));
        if position == 2 {
            view.click(Click::default())?;
        }
        view.hide(&Label::new("scrolled")?)?;
    }

    match client.flush(Duration::from_secs(10)).wait() {
        Flushed::Complete => println!("delivered: {:?}", client.stats()),
        other => println!(
            "not all delivered ({other:?}); the rest is kept for the next start: {:?}",
            client.stats()
        ),
    }
    Ok(())
}
