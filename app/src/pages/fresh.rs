//! What a page shows stays up to date without being built anew: first what it was loaded with, then each fresh look.

use crate::api::ApiError;
use crate::live::Live;
use domain::AppError;
use domain::events::Topic;
use leptos::prelude::*;
use std::future::Future;

/// A page's data and how to look again.
pub struct Fresh<T: Send + Sync + 'static> {
    /// What is shown.
    pub data: RwSignal<T>,
    /// Why the last look failed, where it did; what was known stays on the page.
    pub lost: RwSignal<Option<AppError>>,
    look: Action<(), ()>,
}

impl<T: Send + Sync + 'static> Copy for Fresh<T> {}

impl<T: Send + Sync + 'static> Clone for Fresh<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: PartialEq + Send + Sync + 'static> Fresh<T> {
    /// Begins with what the page was loaded with and looks again when something in the topic has changed.
    pub fn new<A>(first: T, topic: Topic, ask: impl Fn() -> A + Send + Sync + 'static) -> Self
    where
        A: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let (data, lost) = (RwSignal::new(first), RwSignal::new(None));
        let latest = StoredValue::new(0_u64);
        let look = Action::new(move |(): &()| {
            latest.update_value(|latest| *latest += 1);
            let (mine, answer) = (latest.get_value(), ask());
            async move {
                let answer = answer.await;
                // Answers may overtake each other; only the last question counts.
                if latest.try_get_value() != Some(mine) {
                    return;
                }
                match answer {
                    Ok(fresh) => {
                        if data.try_with_untracked(|shown| *shown != fresh) == Some(true) {
                            let _ = data.try_set(fresh);
                        }
                        let _ = lost.try_set(None);
                    }
                    Err(error) => {
                        let _ = lost.try_set(Some(error.into()));
                    }
                }
            }
        });
        let fresh = Self { data, lost, look };
        Live::get().on_change(topic, move || fresh.look_again());
        fresh
    }

    /// Asks the server again.
    pub fn look_again(self) {
        self.look.dispatch(());
    }

    /// The same, as a callback.
    pub fn again(self) -> Callback<()> {
        Callback::new(move |()| self.look_again())
    }
}
