//! Who has the issue, and who has the item.

use super::{Ended, Ends, Now, decide, knows, look, overtaken, unchanged, with_written, write};
use domain::Outcome;
use domain::issue_sync::{Aspect, IssueLink, Side, SyncEvent, Verdict, Writing};
use domain::trackers::Person;
use providers::connect::CheckError;
use providers::trackers::Assigned;

pub(super) async fn assignee(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    event: &SyncEvent,
) -> Outcome<Result<Ended, CheckError>> {
    let side = event.side;
    let now = match look(ends, link).await {
        Ok(now) => now,
        Err(error) => return Ok(Err(error)),
    };
    let (issue, item) = now.assignees_changed(link);
    let changed = if side == Side::Sentry { (issue, item) } else { (item, issue) };
    let ended = match decide(ends, link, event, &now, changed).await? {
        Verdict::Nothing => Ok(unchanged(link, side, "assignee")),
        Verdict::Overtaken => {
            let sentence = overtaken(link, side);
            assign(ends, link, side.other(), &now).await?.map(|ended| ended.after(&sentence))
        }
        Verdict::Carry => assign(ends, link, side, &now).await?,
    };
    Ok(ended.map(|ended| with_written(link, &now, ended)))
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
    let call = set(ends, side.other(), now, wanted.as_deref());
    let assigned = match write(ends, link, &known(wanted.clone()), call).await? {
        Ok(assigned) => assigned,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(match (assigned, wanted) {
        (Assigned::Unknown, email) => {
            knows(link, &known(other));
            let email = email.unwrap_or_default();
            Ended::skipped(format!("Not carried: nobody in {name} has the address {email}."))
        }
        (Assigned::Done(shown), wanted) => {
            knows(link, &known(shown.map(|person| person.key()).or_else(|| wanted.clone())));
            Ended::done(match wanted {
                Some(email) => format!("Assigned {there} to {email}."),
                None => format!("Took the assignee from {there}."),
            })
        }
    }))
}

/// Gives a side its assignee.
async fn set(ends: &Ends<'_>, side: Side, now: &Now, wanted: Option<&str>) -> Result<Assigned, CheckError> {
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
