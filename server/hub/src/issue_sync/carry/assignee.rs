//! Who has the issue, and who has the item.

use super::{Ended, Ends, Now, later, look, newest, overtaken, setting, unchanged};
use crate::issue_sync::is_on;
use domain::issue_sync::{Aspect, EventStatus, IssueLink, Side, Verdict, decide};
use domain::trackers::Person;
use domain::{Outcome, Timestamp};
use providers::connect::CheckError;
use providers::trackers::Assigned;

pub(super) async fn assignee(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    side: Side,
    at: Option<Timestamp>,
) -> Outcome<Result<Ended, CheckError>> {
    let now = match look(ends, link).await {
        Ok(now) => now,
        Err(error) => return Ok(Err(error)),
    };
    let (issue_changed, item_changed) = now.assignees_changed(link);
    let (here, there) = match side {
        Side::Sentry => (issue_changed, item_changed),
        Side::Tracker => (item_changed, issue_changed),
    };
    // A change that no setting carries over here cannot win.
    let there = there && is_on(ends.tracker.row(), setting(Aspect::Assignee, side.other()));
    let is_later = match here && there {
        true => later(side, at, newest(ends.ctx, link, side.other(), Aspect::Assignee).await?, &now),
        false => true,
    };
    match decide(here, there, is_later) {
        Verdict::Nothing => Ok(Ok(Ended::skipped(unchanged(link, side, "assignee")))),
        Verdict::Overtaken => {
            let sentence = overtaken(link, side);
            Ok(assign(ends, link, side.other(), &now).await.map(|ended| ended.after(&sentence)))
        }
        Verdict::Carry => Ok(assign(ends, link, side, &now).await),
    }
}

/// Gives the other side the assignee of this one.
pub(super) async fn assign(ends: &Ends<'_>, link: &mut IssueLink, side: Side, now: &Now) -> Result<Ended, CheckError> {
    let (issue, item) = (&now.issue.what, &now.item.what);
    let (person, other, there, name) = match side {
        Side::Sentry => (&issue.assignee, &item.assignee, &link.item_name, ends.name),
        Side::Tracker => (&item.assignee, &issue.assignee, &link.issue_name, "Sentry"),
    };
    let there = there.clone();
    let wanted = person.as_ref().and_then(|person| person.email.as_deref());
    let ended = match person {
        Some(person) if person.email.is_none() => {
            Ended::skipped(format!("Not carried: the email address of {} is not told.", person.name))
        }
        _ if other.as_ref().map(Person::key).as_deref() == wanted => Ended::done(match wanted {
            Some(email) => format!("{there} is assigned to {email} already."),
            None => format!("{there} is assigned to nobody already."),
        }),
        _ => {
            let assigned = match side {
                Side::Sentry => {
                    let provider = ends.tracker.provider();
                    ends.tracker.tracker(&provider)?.set_assignee(item, wanted).await?
                }
                Side::Tracker => {
                    let provider = ends.sentry.provider();
                    ends.sentry.sentry(&provider).set_assignee(&issue.id, wanted).await?
                }
            };
            match (assigned, wanted) {
                (Assigned::Done, Some(email)) => Ended::done(format!("Assigned {there} to {email}.")),
                (Assigned::Done, None) => Ended::done(format!("Took the assignee from {there}.")),
                (Assigned::Unknown, email) => Ended::skipped(format!(
                    "Not carried: nobody in {name} has the address {}.",
                    email.unwrap_or_default()
                )),
            }
        }
    };
    let carried = ended.status == EventStatus::Done;
    let (mine, other) = (person.as_ref().map(Person::key), other.as_ref().map(Person::key));
    let written = if carried { wanted.map(str::to_owned) } else { other };
    (link.issue_assignee, link.item_assignee) = match side {
        Side::Sentry => (mine, written),
        Side::Tracker => (written, mine),
    };
    Ok(ended)
}
