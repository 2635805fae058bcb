//! Pages of a list.

use crate::support::{Backend, OWNER, TestApp};
use insta::assert_snapshot;

const LIST: &str = "/api/0/organizations/acme/integrations/";

/// The address of a relation in a `Link` header, when it leads to something.
fn follow(link: &str, rel: &str) -> Option<String> {
    let part = link.split(", <").find(|part| part.contains(&format!("rel=\"{rel}\"")))?;
    let address = part.trim_start_matches('<').split('>').next()?;
    part.contains("results=\"true\"").then(|| address.strip_prefix("http://hub.test").unwrap().to_owned())
}

async fn a_client_that_follows_next_sees_every_row_once_and_comes_back_by_previous(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let all = app.get(LIST).session(OWNER).await.json();
    let mut seen = Vec::new();
    let mut path = Some(format!("{LIST}?per_page=4&includeConfig=1&cursor="));
    let mut last = String::new();
    while let Some(next) = path {
        let answer = app.get(&next).session(OWNER).await;
        seen.extend(answer.json().as_array().unwrap().clone());
        last = answer.header("link").to_owned();
        path = follow(&last, "next");
    }
    assert_eq!(&seen, all.as_array().unwrap());
    assert_eq!(seen.len(), 6);
    let first = app.get(&follow(&last, "previous").unwrap()).session(OWNER).await;
    assert_eq!(first.json().as_array().unwrap()[..], seen[..4]);
    assert_eq!(follow(first.header("link"), "previous"), None);
}

async fn the_link_header_names_both_neighbours_in_sentrys_form(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let links = async |query: &str| {
        app.get(&format!("{LIST}{query}")).session(OWNER).await.header("link").replace(", <", ",\n<")
    };
    assert_snapshot!(links("").await, @r#"
    <http://hub.test/api/0/organizations/acme/integrations/?&cursor=100:-1:1>; rel="previous"; results="false"; cursor="100:-1:1",
    <http://hub.test/api/0/organizations/acme/integrations/?&cursor=100:1:0>; rel="next"; results="false"; cursor="100:1:0"
    "#);
    assert_snapshot!(links("?features=issue-sync&features=a%26b&per_page=1&cursor=1:1:0").await, @r#"
    <http://hub.test/api/0/organizations/acme/integrations/?features=issue-sync&features=a%26b&per_page=1&cursor=1:0:1>; rel="previous"; results="true"; cursor="1:0:1",
    <http://hub.test/api/0/organizations/acme/integrations/?features=issue-sync&features=a%26b&per_page=1&cursor=1:2:0>; rel="next"; results="false"; cursor="1:2:0"
    "#);
}

async fn a_wrong_page_is_refused_in_words(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let mut lines = Vec::new();
    for query in [
        "per_page=101",
        "per_page=x",
        "per_page=",
        "per_page=0",
        "per_page=-1",
        "per_page=99999999999999999999",
        "cursor=x",
        "cursor=1:2",
        "cursor=1:2:3:4",
        "cursor=100:-1:1",
        "cursor=-1:0:0",
        "cursor=1.5:0:0",
        "cursor=%00",
    ] {
        lines.push(format!("{query}: {}", app.get(&format!("{LIST}?{query}")).session(OWNER).await.line()));
    }
    assert_snapshot!(lines.join("\n"), @r#"
    per_page=101: 400 {"detail":"Invalid per_page value. Cannot exceed 100."}
    per_page=x: 400 {"detail":"Invalid per_page parameter."}
    per_page=: 400 {"detail":"Invalid per_page parameter."}
    per_page=0: 400 {"detail":"Invalid per_page parameter."}
    per_page=-1: 400 {"detail":"Invalid per_page parameter."}
    per_page=99999999999999999999: 400 {"detail":"Invalid per_page parameter."}
    cursor=x: 400 {"detail":"Invalid cursor parameter."}
    cursor=1:2: 400 {"detail":"Invalid cursor parameter."}
    cursor=1:2:3:4: 400 {"detail":"Invalid cursor parameter."}
    cursor=100:-1:1: 400 {"detail":"Pagination offset cannot be negative"}
    cursor=-1:0:0: 400 {"detail":"Pagination offset cannot be negative"}
    cursor=1.5:0:0: 400 {"detail":"Invalid cursor parameter."}
    cursor=%00: 400 {"detail":"Invalid cursor parameter."}
    "#);
}

async fn a_page_beyond_the_end_is_empty(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for cursor in ["100:1:0", "100:9223372036854775807:0", "9223372036854775807:9223372036854775807:0"] {
        let answer = app.get(&format!("{LIST}?cursor={cursor}")).session(OWNER).await;
        assert_eq!(answer.line(), "200 []", "{cursor}");
        assert_eq!(follow(answer.header("link"), "next"), None);
    }
    for cursor in ["", "0:0:0", "100:0:0", "100:0:1"] {
        let answer = app.get(&format!("{LIST}?cursor={cursor}")).session(OWNER).await;
        assert_eq!(answer.json().as_array().unwrap().len(), 6, "{cursor}");
    }
}

on_both!(
    a_client_that_follows_next_sees_every_row_once_and_comes_back_by_previous,
    the_link_header_names_both_neighbours_in_sentrys_form,
    a_wrong_page_is_refused_in_words,
    a_page_beyond_the_end_is_empty,
);
