//! What a webhook says.

use super::super::ItemEvent;
use crate::api::{id, line, list, when};
use domain::integrations::Account;
use serde_json::Value;
use url::Url;

/// What the hosts of sites end with, but for those with a name of their own.
const SITES: &str = ".atlassian.net";

/// Reads a message about a changed issue; none for any other. Nothing in it is to be believed before
/// [`super::is_genuine`] was asked.
pub fn read_notice(body: &Value) -> Option<ItemEvent> {
    if line(body, "/webhookEvent") != "jira:issue_updated" {
        return None;
    }
    let changes = list(body, "/changelog/items");
    let changed =
        |field: &str| changes.iter().any(|change| is_of(change, field) && change.get("from") != change.get("to"));
    Some(ItemEvent {
        delivery_id: id(body, "/changelog/id"),
        item_key: id(body, "/issue/id")?,
        project_id: id(body, "/issue/fields/project/id"),
        status_changed: changed("status"),
        assignee_changed: changed("assignee"),
        actor: Some(line(body, "/user/displayName")).filter(|name| !name.is_empty()),
        at: body.get("timestamp").and_then(when),
    })
}

/// The ids of the webhooks that a message was sent for. Jira takes one address from an app for all sites: this is how
/// a message is told from those of other connections.
pub fn hook_ids(body: &Value) -> Vec<String> {
    let ids = list(body, "/matchedWebhookIds").iter();
    ids.filter_map(|hook| id(hook, "")).collect()
}

/// Whether a message is clearly about another site than an account's: each site counts its webhooks and issues by
/// itself, so that the ids of one are ids of others, too. Which address Atlassian writes beside an issue is not
/// documented: that of the site, or that of the gateway with the site's id. Any other tells nothing.
pub fn is_elsewhere(body: &Value, account: &Account) -> bool {
    let told = body.pointer("/issue/self").and_then(Value::as_str).and_then(|told| Url::parse(told).ok());
    let Some(told) = told else { return false };
    let path: Vec<_> = told.path_segments().into_iter().flatten().take(3).collect();
    if let ["ex", "jira", site] = path[..] {
        return !site.is_empty() && !site.eq_ignore_ascii_case(&account.external_id);
    }
    let (Some(told), Some(known)) = (told.host_str(), &account.domain_name) else { return false };
    let known = known.to_ascii_lowercase();
    [told, &known].iter().all(|host| host.ends_with(SITES)) && told != known
}

/// The name of a field may be translated or made up; its id is not.
fn is_of(change: &Value, field: &str) -> bool {
    match change.get("fieldId").and_then(Value::as_str) {
        Some(id) => id == field,
        None => line(change, "/field") == field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_is_about_another_site_only_where_it_clearly_says_so() {
        let account = Account {
            external_id: "cloud-a".to_owned(),
            domain_name: Some("Fabrikam.atlassian.net".to_owned()),
            ..Account::default()
        };
        let is_elsewhere = |address: Value| is_elsewhere(&json!({"issue": {"id": "1", "self": address}}), &account);
        for address in [
            "https://other.atlassian.net/rest/api/2/issue/1",
            "https://api.atlassian.com/ex/jira/cloud-b/rest/api/3/issue/1",
            "https://fabrikam.atlassian.net/ex/jira/cloud-b/rest/api/3/issue/1",
        ] {
            assert!(is_elsewhere(json!(address)), "{address}");
        }
        for address in [
            json!("https://fabrikam.atlassian.net/rest/api/2/issue/1"),
            json!("https://api.atlassian.com/ex/jira/Cloud-A/rest/api/3/issue/1"),
            json!("https://api.atlassian.com/rest/api/3/issue/1"),
            json!("https://api.atlassian.com/ex/jira/"),
            json!("https://jira.fabrikam.example.com/rest/api/2/issue/1"),
            json!("/rest/api/2/issue/1"),
            json!(7),
            json!(null),
        ] {
            assert!(!is_elsewhere(address.clone()), "{address}");
        }
        let own_host = Account { domain_name: Some("jira.fabrikam.example.com".to_owned()), ..account.clone() };
        let message = json!({"issue": {"self": "https://fabrikam.atlassian.net/rest/api/2/issue/1"}});
        assert!(!super::is_elsewhere(&message, &own_host));
    }
}
