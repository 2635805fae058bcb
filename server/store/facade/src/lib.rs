//! The database, as the hub sees it: one [`Store`], one [`Conn`], and functions per noun.
//!
//! SQLite or PostgreSQL is chosen by the address that [`Store::open`] gets; nothing above this crate knows which it
//! is. The functions live in `../queries`; here each only forwards to the back end of its connection. The crate must
//! never know who may do what, what a change means, or what time it is. Start reading at [`Store`], then
//! `queries/mod.rs`.

mod conn;
mod open;

pub use conn::{Conn, Store};
pub use open::OpenError;
use store_macros::dispatch as query;

#[path = "../../queries/mod.rs"]
mod queries;

pub use queries::*;
pub use sqlx::Error;

/// The name of the unique rule that a write broke, as `table_column…`, the same words for both databases.
pub fn unique_violation(error: &Error) -> Option<String> {
    let Error::Database(error) = error else { return None };
    if !error.is_unique_violation() {
        return None;
    }
    if let Some(constraint) = error.constraint() {
        return Some(constraint.strip_suffix("_key").unwrap_or(constraint).to_owned());
    }
    // SQLite: "UNIQUE constraint failed: members.organization_id, members.user_id"
    let columns = error.message().rsplit_once(": ")?.1;
    let table = columns.split('.').next()?;
    let names: Vec<_> = columns.split(", ").filter_map(|column| column.split_once('.').map(|(_, name)| name)).collect();
    Some(format!("{table}_{}", names.join("_")))
}
