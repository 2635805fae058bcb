//! What every database behind the store must do. Each test runs on SQLite and on PostgreSQL; PostgreSQL needs
//! `PATCHBAY_TEST_DATABASE_URL`, the address of a superuser's database, which `cargo xtask test` provides.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

mod installations;
mod issue_sync;
mod people;
mod queues;
mod secrets;
mod sign_in;
mod support;

/// Runs each function of a module on both databases.
macro_rules! on_both {
    ($($module:ident :: { $($name:ident),+ $(,)? }),+ $(,)?) => {
        mod sqlite {
            $(mod $module { $(
                #[tokio::test]
                async fn $name() {
                    let home = crate::support::sqlite().await;
                    crate::$module::$name(&home.store).await;
                }
            )+ })+
        }
        mod postgres {
            $(mod $module { $(
                #[tokio::test]
                async fn $name() {
                    let Some(store) = crate::support::postgres().await else { return };
                    crate::$module::$name(&store).await;
                    store.close().await;
                }
            )+ })+
        }
    };
}

on_both! {
    people::{
        an_address_belongs_to_one_user,
        a_slug_belongs_to_one_organization,
        a_user_sees_the_organizations_they_are_in,
        a_team_without_members_is_listed_with_none,
        a_session_is_found_by_its_token_and_ends,
        a_token_keeps_its_scopes_and_may_lack_an_end,
        a_denied_try_is_kept_without_organization,
    },
    installations::{
        an_account_is_shared_but_its_state_is_not,
        an_installation_is_read_whole_with_and_without_its_optional_parts,
        a_status_moves_only_from_where_it_was,
        a_removal_remembers_where_it_came_from,
        settings_are_written_only_over_the_version_that_was_seen,
        only_active_installations_are_due_for_a_check,
        deleting_an_installation_takes_its_secrets_and_checks_along,
        a_check_that_began_before_a_newer_verdict_does_not_overwrite_it,
        an_account_counts_the_other_organizations_that_use_it,
    },
    sign_in::{
        one_of_two_takes_the_lease_of_a_grant_and_a_late_writer_changes_nothing,
        a_failed_renewal_counts_and_keeps_what_was_granted,
        a_pipeline_is_found_by_its_owner_alone_and_moves_once_per_step,
        an_app_keeps_its_secrets_until_it_is_forgotten,
        a_request_waits_once_is_decided_once_and_can_be_made_again,
        a_circuit_is_remembered_until_it_closes,
    },
    issue_sync::{
        an_issue_and_an_item_are_linked_once,
        a_link_that_is_due_is_claimed_once_and_a_late_worker_writes_nothing,
        a_link_is_looked_at_when_its_time_has_come_and_nothing_waits,
        a_line_that_says_nothing_new_is_taken_out_of_the_log,
        events_of_a_link_begin_in_order_and_stay_as_its_log,
        two_workers_never_hold_one_link_and_no_event_is_left,
        a_delivery_is_taken_once_per_source,
        one_process_gathers_at_a_time_and_a_failure_keeps_what_was_known,
        a_hook_is_due_while_its_connection_is_active,
    },
    secrets::{
        a_secret_is_written_only_over_the_version_before_it,
        the_first_secret_of_each_installation_is_its_own,
        a_name_is_claimed_once,
    },
    queues::{
        a_job_is_claimed_once_until_its_lease_ends,
        a_job_with_the_same_key_is_moved_not_added,
        two_workers_never_do_one_job_twice,
        a_limit_holds_over_parallel_callers,
        events_are_read_in_order_after_the_last_one_seen,
        a_mail_moves_on,
    },
}

#[test]
fn both_back_ends_read_columns_as_the_same_types() {
    let read = |name: &str| {
        let path = format!("{}/../{name}/sqlx.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().filter(|line| !line.starts_with("database-url-var")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(read("sqlite"), read("postgres"));
}

#[test]
fn both_schemas_differ_in_their_id_columns_alone() {
    let folder = |name: &str| format!("{}/../{name}/migrations", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> =
        std::fs::read_dir(folder("sqlite")).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    for file in files {
        let read = |name: &str| std::fs::read_to_string(format!("{}/{}", folder(name), file.display())).unwrap();
        let sqlite = read("sqlite")
            .replace("integer primary key autoincrement not null", "bigint generated always as identity primary key");
        assert_eq!(sqlite, read("postgres"), "{}", file.display());
    }
}
