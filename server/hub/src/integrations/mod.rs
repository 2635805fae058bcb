//! Integrations: installing, configuring, pausing, removing and checking them.
//!
//! One file per step of an integration's life; [`present`] turns rows into what the pages and APIs show.

mod access_token;
mod check;
mod choices;
mod configure;
mod connect;
mod health;
mod install;
mod lifecycle;
mod organization_config;
pub mod present;
mod read;
mod rows;
mod save;

pub use access_token::{AccessToken, access_token};
pub(crate) use check::jitter;
pub use check::{CHECK_EVERY, check, check_as_job, enqueue_due};
pub(crate) use choices::refuse_resting;
pub use choices::{KeptLists, choices, choices_in, gathering, item_choices, refresh_projects};
pub use configure::configure;
pub(crate) use connect::{Proven, connect, seal_all};
pub(crate) use health::{broke, tell_those_who_can_act};
pub use install::install;
pub(crate) use install::split;
pub(crate) use lifecycle::record;
pub use lifecycle::{REVOKE_TRIES, UNDO_WINDOW, keep, pause, remove, remove_as_job, remove_in, resume};
pub(crate) use organization_config::fields_of;
pub(crate) use present::CONNECTION;
pub use read::{get, list, with_config};
pub(crate) use rows::forget_as_job;
pub use save::{save, save_all};

use crate::access::Access;
use crate::errors::OrInternal;
use domain::ids::IntegrationId;
use domain::integrations::Installation;
use domain::{AppError, Outcome};
use store::Conn;

/// The kind of thing that audit entries about installations name.
pub const TARGET: &str = "installation";

/// The organization's installation of an integration.
pub(crate) async fn load(conn: &mut Conn, access: &Access, id: IntegrationId) -> Outcome<Installation> {
    let found = store::installations::of_integration(conn, access.organization.id, id).await.or_internal()?;
    found.ok_or_else(|| AppError::not_found("This integration"))
}
