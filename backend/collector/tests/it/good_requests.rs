//! What becomes of a good request: its bytes, the stamp beside them, and what privacy takes out.
use eyeline_core::wire::{Forget, Line};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::support::{ANON, Door, INST, KEY, NOW, batch, gzip, keys, render, renders, reply};

#[tokio::test]
async fn a_batch_becomes_one_stamped_line() {
    let door = Door::open().await;
    let query = format!("/v1/batch?k={KEY}&w={}&s=61000&a=3", NOW - 5);
    let request = door
        .request("POST", &query)
        .header("user-agent", "Test \"1\"\tx");
    reply(request.body(gzip(renders([1, 2]).to_string().as_bytes())))
        .await
        .assert_taken(2);
    let line = json!({
        "rcv": NOW, "aff": "news", "ip": "127.0.0.0/24", "ua": "Test \"1\"\tx", "gpc": 0, "key": KEY,
        "w": NOW - 5, "s": 61000, "att": 3, "b": renders([1, 2]),
    });
    assert_eq!(door.lines(), [line]);
}

#[tokio::test]
async fn the_bytes_stand_as_they_were_sent() {
    let door = Door::open().await;
    // Spaces, an escape, a number written oddly and an unknown key: a second writer would change each of them.
    let body = renders([1])
        .to_string()
        .replace("\"top\"", r#" "t\u006fp""#)
        .replacen('{', r#"{ "later":1.0e2, "#, 1);
    door.send(body.clone()).await.assert_taken(1);
    door.send(gzip(body.as_bytes())).await.assert_taken(1);
    for line in door.sink.lines() {
        assert!(line.ends_with(&format!(r#","b":{body}}}"#)), "{line}");
        assert!(matches!(
            Line::<&RawValue>::decode(line.as_bytes()),
            Ok(Line::Batch(_))
        ));
    }
}

#[tokio::test]
async fn gzip_of_several_members_is_one_body() {
    let door = Door::open().await;
    let body = renders([1]).to_string();
    let (head, tail) = body.as_bytes().split_at(40);
    door.send([gzip(head), gzip(tail)].concat())
        .await
        .assert_taken(1);
}

#[tokio::test]
async fn nothing_a_client_sends_sets_the_outer_fields() {
    let door = Door::open().await;
    let mut forged = renders([1]);
    for (key, value) in [
        ("rcv", json!(1)),
        ("aff", json!("shop")),
        ("ip", json!("6.6.6.6")),
        ("cc", json!("XX")),
        ("key", json!("k")),
    ] {
        forged[key] = value;
    }
    let query = format!("/v1/batch?k={KEY}&w={NOW}&a=1&rcv=1&aff=shop&cc=XX&ip=6.6.6.6");
    let request = door
        .request("POST", &query)
        .header("x-forwarded-for", "6.6.6.6")
        .header("cloudfront-viewer-country", "XX")
        .header("user-agent", "\",\"aff\":\"shop");
    reply(request.body(forged.to_string()))
        .await
        .assert_taken(1);
    let [line] = &door.lines()[..] else {
        panic!("one line")
    };
    assert_eq!(
        (&line["rcv"], &line["aff"], &line["key"]),
        (&json!(NOW), &json!("news"), &json!(KEY))
    );
    assert_eq!(
        (&line["ip"], line.get("cc")),
        (&json!("127.0.0.0/24"), None)
    );
}

#[tokio::test]
async fn behind_trusted_proxies_network_and_country_are_theirs() {
    let door = Door::with(keys(), |builder| {
        builder
            .trusted_proxies(2)
            .country_header("CloudFront-Viewer-Country")
            .unwrap()
    })
    .await;
    let request = door
        .request("POST", &format!("/v1/batch?k={KEY}"))
        .header("x-forwarded-for", "6.6.6.6, 203.0.113.77")
        .header("x-forwarded-for", "10.1.2.3")
        .header("cloudfront-viewer-country", "JP");
    reply(request.body(renders([1]).to_string()))
        .await
        .assert_taken(1);
    let [line] = &door.lines()[..] else {
        panic!("one line")
    };
    assert_eq!(
        (&line["ip"], &line["cc"]),
        (&json!("203.0.113.0/24"), &json!("JP"))
    );
}

#[tokio::test]
async fn privacy_control_in_the_header_takes_the_visitors_id_out() {
    let door = Door::open().await;
    let request = door
        .request("POST", &format!("/v1/batch?k={KEY}"))
        .header("sec-gpc", "1");
    reply(request.body(renders([1]).to_string()))
        .await
        .assert_taken(1);
    let [line] = &door.lines()[..] else {
        panic!("one line")
    };
    assert_eq!(line["gpc"], 1);
    assert_eq!(
        line["b"]["con"],
        json!({"mode": "measure", "gpc": 1, "coppa": 0})
    );
    assert_eq!(
        line["b"]["usr"],
        json!({"sid": "sidsidsidsidsid1", "sn": 1})
    );
    assert_eq!(line["b"]["ev"], json!([render(1)]));
    assert!(!door.sink.lines()[0].contains(ANON));
}

#[tokio::test]
async fn within_the_batch_the_stricter_word_wins() {
    for consent in [
        json!({"mode": "full", "gpc": 1}),
        json!({"mode": "full", "coppa": 1}),
        json!({"mode": "measure"}),
    ] {
        let door = Door::open().await;
        let mut batch = renders([1]);
        batch["con"] = consent;
        door.send_batch(&batch).await.assert_taken(1);
        let line = &door.lines()[0];
        assert_eq!(line["b"]["usr"].get("anon"), None);
        assert_eq!(line["b"]["con"]["mode"], "measure");
    }
}

#[tokio::test]
async fn a_body_that_cant_be_read_keeps_no_text_under_privacy_control() {
    let door = Door::open().await;
    let request = door
        .request("POST", &format!("/v1/batch?k={KEY}"))
        .header("sec-gpc", "1");
    reply(request.body(format!("{{\"usr\":{{\"anon\":\"{ANON}\"")))
        .await
        .assert_fault(400, "bad_json");
    assert_eq!(
        door.lines()[0]["bad"],
        json!([{"why": "bad_json", "raw": ""}])
    );
}

#[tokio::test]
async fn a_batch_without_events_carries_its_loss_counts() {
    let door = Door::open().await;
    door.send_batch(&batch(Vec::new())).await.assert_taken(0);
    assert_eq!(door.lines()[0]["b"]["inst"], INST);
}

#[tokio::test]
async fn a_request_to_forget_becomes_a_line_of_its_own() {
    let door = Door::open().await;
    let forget = Forget::new("news", eyeline_core::Id::parse(ANON).unwrap()).encode();
    for body in [forget.clone(), gzip(&forget)] {
        reply(
            door.request("POST", &format!("/v1/forget?k={KEY}"))
                .body(body),
        )
        .await
        .assert_taken(1);
    }
    let line = json!({"rcv": NOW, "key": KEY, "forget": {"aff": "news", "anon": ANON}});
    assert_eq!(door.lines(), [line.clone(), line]);
    assert!(matches!(
        Line::<&RawValue>::decode(door.sink.lines()[0].as_bytes()),
        Ok(Line::Forget(_))
    ));
}

#[tokio::test]
async fn a_request_to_forget_names_whom_and_is_bound_to_its_affiliate() {
    let door = Door::open().await;
    let forget = |body: Value| {
        reply(
            door.request("POST", &format!("/v1/forget?k={KEY}"))
                .body(body.to_string()),
        )
    };
    forget(json!({"aff": "shop", "anon": ANON}))
        .await
        .assert_fault(403, "affiliate_not_allowed");
    forget(json!({"aff": "news"}))
        .await
        .assert_fault(400, "missing");
    forget(json!({"aff": "news", "anon": "?"}))
        .await
        .assert_fault(400, "bad_type");
    forget(json!([])).await.assert_fault(400, "bad_type");
    assert!(door.lines().is_empty());
}
