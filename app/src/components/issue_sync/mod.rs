//! Issue sync: the card of the configure page, the links, the form that links or creates, the lines of the log.

pub mod address;
pub mod answer;
pub mod card;
#[cfg(all(test, feature = "ssr"))]
mod fixtures;
pub mod gathering;
pub mod lines;
pub mod link_form;
pub mod link_rows;
pub mod link_search;
pub mod tabs;
