//! The providers that can be configured.

use crate::support::{Backend, MEMBER, TestApp};
use domain::catalogue::Kind;
use insta::assert_snapshot;

const PROVIDERS: &str = "/api/0/organizations/acme/config/integrations/";

async fn first_party_providers_are_listed_by_key(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let body = app.get(PROVIDERS).session(MEMBER).await.json();
    let keys: Vec<_> = body["providers"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    let first_party = providers::catalogue::all().iter().filter(|manifest| manifest.kind == Kind::FirstParty);
    assert_eq!(keys, first_party.map(|manifest| manifest.key.as_str()).collect::<Vec<_>>());
    assert!(keys.is_sorted() && keys.contains(&"vsts") && !keys.contains(&"trello"));
}

async fn one_provider_can_be_asked_for(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let new = app.get(&format!("{PROVIDERS}?providerKey=CircleCI")).session(MEMBER).await;
    let old = app.get(&format!("{PROVIDERS}?provider_key=circleci")).session(MEMBER).await;
    assert_eq!(new.line(), old.line());
    assert_snapshot!(new.shown(), @r#"
    200 {
      "providers": [
        {
          "canAdd": true,
          "canDisable": false,
          "features": [
            "alert-rule",
            "ci-status",
            "deployment"
          ],
          "key": "circleci",
          "metadata": {
            "aspects": {
              "configure_integration": {
                "title": "CircleCI settings"
              },
              "removal_dialog": {
                "actionText": "Remove",
                "body": "Patchbay forgets the token. It stays valid at CircleCI until you delete it there."
              }
            },
            "author": "Patchbay",
            "description": "Connect a CircleCI account to see how its pipelines are doing and to hear about those that fail.\n\n- Make a personal API token in CircleCI, under **User Settings**, **Personal API Tokens**, and paste it here.\n- Patchbay asks CircleCI whose token it is and shows you that name. The token is stored encrypted and is never shown again.\n\nA token belongs to a person. Take one of an account that stays when people leave.",
            "features": [
              {
                "description": "See the state of the latest pipelines of a project.",
                "featureGate": "integrations-ci-status"
              },
              {
                "description": "Send an alert when a workflow fails.",
                "featureGate": "integrations-alert-rule"
              },
              {
                "description": "Take note of deployments that a workflow made.",
                "featureGate": "integrations-deployment"
              }
            ],
            "issue_url": "https://github.com/patchbay-hub/patchbay/issues",
            "noun": "Installation",
            "source_url": "https://github.com/patchbay-hub/patchbay/tree/main/server/providers/catalogue/circleci"
          },
          "name": "CircleCI",
          "slug": "circleci"
        }
      ]
    }
    "#);
    for key in ["nobody", "trello", "%00", "slack%20"] {
        let none = app.get(&format!("{PROVIDERS}?providerKey={key}")).session(MEMBER).await;
        assert_eq!(none.line(), r#"404 {"detail":"Providers do not exist"}"#, "{key}");
    }
    let token = app.org_token("acme", &["org:integrations"]).await;
    assert_eq!(app.get(PROVIDERS).bearer(&token).await.status, 403, "org:read is needed, unlike for the installations");
}

on_both!(first_party_providers_are_listed_by_key, one_provider_can_be_asked_for);
