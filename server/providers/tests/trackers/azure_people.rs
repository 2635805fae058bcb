//! Azure DevOps: people and comments.

use crate::azure::{BASE, PROJECT, azure, item, patch, stub};
use crate::stub::{ask, ok};
use domain::trackers::Person;
use providers::trackers::Assigned;
use serde_json::{Value, json};

const USERS: &str = "GET /fabrikam/_apis/graph/users";
const ITEM: &str = "PATCH /fabrikam/_apis/wit/workitems/299";

fn users(users: &[(&str, &str)]) -> Value {
    let user = |(mail, principal): &(&str, &str)| json!({"subjectKind": "user", "mailAddress": mail, "principalName": principal});
    json!({"count": users.len(), "value": users.iter().map(user).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_person_is_looked_for_on_every_page() {
    let first = ok(users(&[("", "51ac8d19"), ("jamal@fabrikam.example", "jamal@fabrikam.example")]));
    let second = ok(users(&[("Ann@Fabrikam.example", "ann.oe@fabrikam.onmicrosoft.example")]));
    let exchanges = vec![
        azure(USERS, "4.1-preview.1", first.insert_header("X-MS-ContinuationToken", "a/b=&c")),
        azure("GET /fabrikam/_apis/graph/users?continuationToken=a%2Fb%3D%26c", "4.1-preview.1", second),
        patch(
            ITEM,
            json!([{"op": "replace", "path": "/fields/System.AssignedTo", "value": "Ann@Fabrikam.example"}]),
            ok(json!({"fields": {"System.AssignedTo": {
                "displayName": "Ann Oe", "uniqueName": "Ann.Oe@fabrikam.onmicrosoft.example",
            }}})),
        ),
    ];
    let assigned =
        ask!(stub(exchanges).await, BASE, |tracker| tracker.set_assignee(&item(), Some("ann@fabrikam.example")));
    // Signed in there by another address than the one of the mail.
    let (name, email) = ("Ann Oe".to_owned(), Some("ann.oe@fabrikam.onmicrosoft.example".to_owned()));
    assert_eq!(assigned.unwrap(), Assigned::Done(Some(Person { name, email })));
}

#[tokio::test]
async fn nothing_changes_when_nobody_has_the_address() {
    let exchanges = vec![azure(USERS, "4.1-preview.1", ok(users(&[("", "")])))];
    let assigned =
        ask!(stub(exchanges).await, BASE, |tracker| tracker.set_assignee(&item(), Some("x@fabrikam.example")));
    assert_eq!(assigned.unwrap(), Assigned::Unknown);
    let assigned = ask!(stub(Vec::new()).await, BASE, |tracker| tracker.set_assignee(&item(), Some(" ")));
    assert_eq!(assigned.unwrap(), Assigned::Unknown);
}

#[tokio::test]
async fn those_who_have_an_address_are_counted_up_to_two() {
    let next = "GET /fabrikam/_apis/graph/users?continuationToken=b";
    let pages = |second: &[(&str, &str)]| {
        let first = ok(users(&[("ann@fabrikam.example", "ann@fabrikam.onmicrosoft.example")]));
        let first = first.insert_header("X-MS-ContinuationToken", "b");
        vec![azure(USERS, "4.1-preview.1", first), azure(next, "4.1-preview.1", ok(users(second)))]
    };
    for (second, found) in [
        (&[("", "51ac8d19")][..], &["ann@fabrikam.example"][..]),
        (&[("x@y.example", "ANN@fabrikam.example")], &["ann@fabrikam.example", "ANN@fabrikam.example"]),
    ] {
        let people = ask!(stub(pages(second)).await, BASE, |tracker| tracker.people("ann@fabrikam.example")).unwrap();
        assert_eq!(people, found);
    }
    let nobody = ask!(stub(Vec::new()).await, BASE, |tracker| tracker.people(" ")).unwrap();
    assert_eq!(nobody, Vec::<String>::new());
}

#[tokio::test]
async fn an_item_is_taken_away_by_removing_the_field() {
    let change = json!([{"op": "remove", "path": "/fields/System.AssignedTo"}]);
    let assigned =
        ask!(stub(vec![patch(ITEM, change, ok(json!({})))]).await, BASE, |tracker| tracker.set_assignee(&item(), None));
    assert_eq!(assigned.unwrap(), Assigned::Done(None));
}

#[tokio::test]
async fn a_comment_is_a_quotation_that_cannot_end_itself() {
    let value = "<p>Ann &lt;b&gt; wrote:</p><blockquote>1 &lt; 2 &amp; &quot;3&quot;&lt;/blockquote&gt;&lt;script&gt;alert(&#39;x\
                 &#39;)&lt;/script&gt;<br>next</blockquote><p>Sentry comment 12</p>";
    let change = json!([{"op": "add", "path": "/fields/System.History", "value": value}]);
    let stub = stub(vec![patch(ITEM, change, ok(json!({})))]).await;
    let text = "1 < 2 & \"3\"</blockquote><script>alert('x')</script>\r\nnext\u{1b}\n";
    ask!(stub, BASE, |tracker| tracker.add_comment(&item(), "Ann <b>", text, "Sentry comment 12")).unwrap();
}

#[tokio::test]
async fn a_comment_is_found_by_its_mark() {
    let asked = format!("GET /fabrikam/{PROJECT}/_apis/wit/workItems/299/comments?$top=200&order=desc");
    for (text, is_there) in [
        ("<p>Ann wrote:</p><blockquote>x</blockquote><p>Sentry comment 12</p>", true),
        ("<p>Sentry comment 123</p>", false),
        ("Moving to the right area path", false),
    ] {
        let comments = json!({"totalCount": 2, "count": 2, "comments": [
            {"workItemId": 299, "commentId": 45, "version": 1, "text": "Johnnie is going to take this work over."},
            {"workItemId": 299, "commentId": 44, "version": 1, "text": text},
        ]});
        let stub = stub(vec![azure(&asked, "7.1-preview.4", ok(comments))]).await;
        assert_eq!(
            ask!(stub, BASE, |tracker| tracker.has_comment(&item(), "Sentry comment 12")),
            Ok(is_there),
            "{text}"
        );
    }
}
