//! Who has the issue, and who has the item.

use super::{Ended, Ends, Now, knows, later, look, newest, note, overtaken, setting, unchanged};
use crate::issue_sync::is_on;
use domain::issue_sync::{Aspect, IssueLink, Side, Verdict, Writing, decide};
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
        Verdict::Nothing => Ok(Ok(unchanged(link, &now, side, "assignee"))),
        Verdict::Overtaken => {
            let sentence = overtaken(link, side);
            Ok(assign(ends, link, side.other(), &now).await?.map(|ended| ended.after(&sentence)))
        }
        Verdict::Carry => assign(ends, link, side, &now).await,
    }
}

/// Gives the other side the assignee of this one.
pub(super) async fn assign(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    side: Side,
    now: &Now,
) -> Outcome<Result<Ended, CheckError>> {
    let (issue, item) = (&now.issue.what, &now.item.what);
    let (person, other, there, name) = match side {
        Side::Sentry => (&issue.assignee, &item.assignee, &link.item_name, ends.name),
        Side::Tracker => (&item.assignee, &issue.assignee, &link.issue_name, "Sentry"),
    };
    let there = there.clone();
    let (mine, other) = (person.as_ref().map(Person::key), other.as_ref().map(Person::key));
    let wanted = person.as_ref().and_then(|person| person.email.clone());
    let known = |theirs: Option<String>| {
        let aspect = Aspect::Assignee;
        let (issue, item) = if side == Side::Sentry { (mine.clone(), theirs) } else { (theirs, mine.clone()) };
        Writing { aspect, side: side.other(), issue, item }
    };
    if let Some(person) = person
        && person.email.is_none()
    {
        knows(link, &known(other));
        let sentence = format!("Not carried: the email address of {} is not told.", person.name);
        return Ok(Ok(Ended::skipped(sentence)));
    }
    if other == wanted {
        knows(link, &known(other));
        return Ok(Ok(Ended::done(match wanted {
            Some(email) => format!("{there} is assigned to {email} already."),
            None => format!("{there} is assigned to nobody already."),
        })));
    }
    let writing = known(wanted.clone());
    note(ends, link, &writing).await?;
    let assigned = match write(ends, side.other(), now, wanted.as_deref()).await {
        Ok(assigned) => assigned,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(match (assigned, wanted) {
        (Assigned::Unknown, email) => {
            knows(link, &known(other));
            let email = email.unwrap_or_default();
            Ended::skipped(format!("Not carried: nobody in {name} has the address {email}."))
        }
        (Assigned::Done, wanted) => {
            knows(link, &writing);
            Ended::done(match wanted {
                Some(email) => format!("Assigned {there} to {email}."),
                None => format!("Took the assignee from {there}."),
            })
        }
    }))
}

async fn write(ends: &Ends<'_>, side: Side, now: &Now, wanted: Option<&str>) -> Result<Assigned, CheckError> {
    match side {
        Side::Sentry => {
            let provider = ends.sentry.provider();
            ends.sentry.sentry(&provider).set_assignee(&now.issue.what.id, wanted).await
        }
        Side::Tracker => {
            let provider = ends.tracker.provider();
            ends.tracker.tracker(&provider)?.set_assignee(&now.item.what, wanted).await
        }
    }
}
