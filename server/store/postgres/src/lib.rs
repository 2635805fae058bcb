//! Patchbay's queries, compiled and checked against PostgreSQL.
//!
//! The SQL is not here: it is in `../queries`, the one folder with SQL in the project, which the SQLite crate and
//! the facade compile as well. This crate adds the PostgreSQL connection type, the migrations and the checked query data
//! in `.sqlx` (made by `cargo xtask db prepare`). It must never be used directly: the facade `store` is what the hub
//! sees. Start reading at `../queries/mod.rs`.

/// The connection that this crate's queries run on.
pub type Conn = sqlx::PgConnection;

/// The schema, step by step.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

pub use store_macros::identity as query;

#[path = "../../queries/mod.rs"]
pub mod queries;
