//! An answer that a form waits for.

use crate::api::ApiError;
use domain::AppError;
use leptos::prelude::*;
use std::future::Future;

/// What was asked for: nothing yet, what came of it, and whether it is awaited.
pub struct Answer<T: Send + Sync + 'static> {
    /// The last answer.
    pub value: RwSignal<Option<Result<T, AppError>>>,
    /// Whether the next one is awaited.
    pub busy: RwSignal<bool>,
    turn: StoredValue<u64>,
}

impl<T: Send + Sync + 'static> Copy for Answer<T> {}

impl<T: Send + Sync + 'static> Clone for Answer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Answer<T> {
    /// What is known at first.
    pub fn new(first: Option<Result<T, AppError>>) -> Self {
        Self { value: RwSignal::new(first), busy: RwSignal::new(false), turn: StoredValue::new(0) }
    }

    /// Forgets what was answered, and what is awaited.
    pub fn clear(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.busy.set(false);
        self.value.set(None);
    }

    /// Waits for an answer and keeps it. Answers may overtake each other; only the last question counts.
    pub async fn keep(self, call: impl Future<Output = Result<T, ApiError>>) {
        let next = |turn: &mut u64| {
            *turn += 1;
            *turn
        };
        let Some(mine) = self.turn.try_update_value(next) else { return };
        let _ = self.busy.try_set(true);
        let answer = call.await.map_err(AppError::from);
        if self.turn.try_get_value() == Some(mine) {
            let _ = (self.busy.try_set(false), self.value.try_set(Some(answer)));
        }
    }
}
