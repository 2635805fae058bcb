//! Issue sync from one end to the other: a Patchbay between a Sentry and a tracker that really tell it of changes, sign
//! what they tell, and refuse what they do not know.
//!
//! A test is a function of [`Place`], which is a kind of tracker and a kind of database; [`world::World`] is what it finds
//! there. Nothing moves by itself: the test says when the worker works, what time it is, and which webhooks arrive.

mod kind;
mod serving;
mod world;

mod assignee;
mod comments;
mod config;
mod conflicts;
mod faults;
mod hooks;
mod linking;
mod looks;
mod order;
mod renewals;
mod status;
mod survival;
mod tenants;

pub use kind::{Kind, Place};
pub use world::World;

use crate::app_support::Backend;
use std::future::Future;

/// Runs tests with both trackers on SQLite.
macro_rules! with_both {
    ($($name:ident),+ $(,)?) => {
        mod azure_devops {
            $(#[test]
            fn $name() {
                crate::issue_sync::run(super::$name, crate::issue_sync::Kind::AzureDevOps);
            })+
        }
        mod jira {
            $(#[test]
            fn $name() {
                crate::issue_sync::run(super::$name, crate::issue_sync::Kind::Jira);
            })+
        }
    };
}

/// Runs tests with both trackers on PostgreSQL, where the environment names a server.
macro_rules! on_postgres {
    ($($name:ident),+ $(,)?) => {
        mod postgres {
            $(#[test]
            fn $name() {
                crate::issue_sync::run_on_postgres(super::$name);
            })+
        }
    };
}
use {on_postgres, with_both};

fn run<F: Future<Output = ()>>(test: impl FnOnce(Place) -> F, kind: Kind) {
    crate::app_support::run(test(Place { kind, backend: Backend::Sqlite }));
}

fn run_on_postgres<F: Future<Output = ()>>(test: impl Fn(Place) -> F) {
    for kind in [Kind::AzureDevOps, Kind::Jira] {
        let Some(backend) = Backend::postgres() else { return };
        crate::app_support::run(test(Place { kind, backend }));
    }
}
