//! The stage: an app on a database of its own, a clock that tests set, requests and answers.

mod answer;
mod app;
mod call;
mod clock;
mod database;

pub use answer::Answer;
pub use app::{ACME, MASTER_KEY, Options, TestApp};
pub use database::Backend;

/// The people of the demonstration, by what they are in Acme.
pub const OWNER: &str = "owner@acme.test";
pub const MANAGER: &str = "manager@acme.test";
pub const ADMIN: &str = "admin@acme.test";
pub const MEMBER: &str = "member@acme.test";
/// No member of Acme.
pub const RIVAL: &str = "owner@rival.test";
/// A member of Acme and an admin of Rival.
pub const BOTH: &str = "both@acme.test";

/// Runs a test to its end. It may run on two databases, so its snapshots are compared more than once.
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    insta::allow_duplicates! { runtime.block_on(test) }
}

/// Runs tests on both databases, each as a test of its own.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                crate::support::run(super::$name(crate::support::Backend::Sqlite));
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                if let Some(backend) = crate::support::Backend::postgres() {
                    crate::support::run(super::$name(backend));
                }
            })+
        }
    };
}
