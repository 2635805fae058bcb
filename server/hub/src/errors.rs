//! Turning internal causes into what a caller may see.

use domain::{AppError, Outcome};

/// Logs a cause once, under a reference, and answers an error that names only the reference.
pub fn internal(cause: &dyn std::fmt::Display) -> AppError {
    let reference = format!("{:08x}", rand::random::<u32>());
    tracing::error!(error.reference = reference, error.cause = %cause, "A use case failed inside Patchbay");
    AppError::internal(&reference)
}

/// `?` for causes that a caller must not see.
pub trait OrInternal<T> {
    /// The value, or an internal error whose cause is in the log.
    ///
    /// # Errors
    /// [`domain::Code::Internal`].
    fn or_internal(self) -> Outcome<T>;
}

impl<T, E: std::fmt::Display> OrInternal<T> for Result<T, E> {
    fn or_internal(self) -> Outcome<T> {
        self.map_err(|cause| internal(&cause))
    }
}
