//! The media page over HTTP: what a visitor's browser gets.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use super::{Sdk, Settings, Site};

fn pages(sdk: Option<Sdk>) -> Router {
    let settings = Settings {
        collector: "http://127.0.0.1:8080".to_owned(),
        dashboard: "http://127.0.0.1:8081".to_owned(),
        key: "wk_page".to_owned(),
        affiliate: "my-site".to_owned(),
        sdk,
    };
    Site::new(settings).unwrap().pages()
}

async fn answered(pages: &Router, path: &str) -> (StatusCode, String, String) {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let answer = pages.clone().oneshot(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let rules = head.headers.get(header::CONTENT_SECURITY_POLICY);
    let rules = rules.map(|rules| rules.to_str().unwrap().to_owned());
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    (head.status, rules.unwrap_or_default(), text)
}

async fn asked(pages: &Router, path: &str) -> Value {
    serde_json::from_str(&answered(pages, path).await.2).unwrap()
}

#[tokio::test]
async fn the_page_carries_the_snippet_as_an_affiliate_pastes_it() {
    let built = tempfile::tempdir().unwrap();
    std::fs::write(built.path().join("eyeline.js"), "/* the SDK */").unwrap();
    let sdk = Sdk::find(Some(built.path())).unwrap();
    let pages = pages(sdk);
    let (status, rules, html) = answered(&pages, "/women?recs=bts").await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        r#"async src="/eyeline/eyeline.js" data-key="wk_page" data-endpoint="http://127.0.0.1:8080""#,
        r#"data-consent="auto" data-exp-recs="bts""#,
    ] {
        assert!(html.contains(part), "{html}");
    }
    assert!(
        rules.contains("connect-src 'self' http://127.0.0.1:8080;"),
        "{rules}"
    );
    assert!(rules.contains("'wasm-unsafe-eval'"), "{rules}");
    assert_eq!(
        answered(&pages, "/eyeline/eyeline.js").await.2,
        "/* the SDK */"
    );
    assert_eq!(
        answered(&pages, "/eyeline/..%2Fkeys.json").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_page_may_refuse_wasm() {
    let (_, rules, _) = answered(&pages(None), "/?wasm=off").await;
    assert!(!rules.contains("wasm-unsafe-eval"), "{rules}");
}

#[tokio::test]
async fn without_a_built_sdk_the_page_says_what_to_run() {
    let pages = pages(None);
    let (_, _, html) = answered(&pages, "/").await;
    assert!(
        html.contains(Sdk::REMEDY) && !html.contains("data-key"),
        "{html}"
    );
    assert!(
        answered(&pages, "/eyeline/eyeline.js")
            .await
            .2
            .contains(Sdk::REMEDY)
    );
}

#[tokio::test]
async fn a_slate_holds_three_items_with_the_propensities_that_the_policy_logged() {
    let pages = pages(None);
    for (policy, campaign, items) in [
        ("random", "all", 80.0),
        ("random", "men", 34.0),
        ("random", "women", 46.0),
    ] {
        let slate = asked(
            &pages,
            &format!("/api/slate?campaign={campaign}&policy={policy}"),
        )
        .await;
        let shown = slate["items"].as_array().unwrap();
        assert_eq!(shown.len(), 3);
        for item in shown {
            // A uniform policy shows each of n items with probability 1/n; the log rounds it.
            let off = item["propensity"].as_f64().unwrap() * items - 1.0;
            assert!(off.abs() < 0.01, "{slate}");
        }
        assert_eq!(
            (&slate["model"], &slate["exploration"]),
            (&"random@obd".into(), &true.into())
        );
    }
    let (status, ..) = answered(&pages, "/api/slate?campaign=toys&policy=bts").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_feed_ends_after_every_item_of_the_data() {
    let pages = pages(None);
    let (mut items, mut next) = (0, Some(0));
    while let Some(from) = next {
        let part = asked(&pages, &format!("/api/feed?campaign=men&from={from}")).await;
        items += part["items"].as_array().unwrap().len();
        next = part["next"].as_u64();
    }
    assert_eq!(items, 34);
}
