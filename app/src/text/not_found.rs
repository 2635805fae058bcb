//! A page that is not there.

/// The title.
pub const TITLE: &str = "Not found";
/// The sentence where nothing more is known.
pub const SENTENCE: &str = "There is nothing at this address, or you may not see it.";
/// The way back.
pub const HOME: &str = "Go to the directory";
