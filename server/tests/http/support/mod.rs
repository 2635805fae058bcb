//! The stage: an app on a database of its own, a clock that tests set, requests and answers.

mod answer;
mod app;
mod call;
mod clock;
mod database;

pub use answer::Answer;
pub use app::{Options, TestApp};
pub use call::Call;
pub use clock::TestClock;
pub use database::Backend;

/// Runs tests on both databases, each as a test of its own.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::support::Backend::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(backend) = crate::support::Backend::postgres() {
                    super::$name(backend).await;
                }
            })+
        }
    };
}
