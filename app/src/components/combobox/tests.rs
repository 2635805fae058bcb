use super::*;
use crate::components::fixtures::html;
use crate::text;

fn rendered(count: usize, standing: Standing, finds: bool) -> String {
    html(move || {
        let choices: Choices = (0..count).map(|at| (format!("k{at}"), format!("Label {at}"))).collect();
        let (choices, standing) = (Signal::stored(choices), Signal::stored(standing));
        let (nothing, value) = (Signal::stored("There is none.".to_owned()), Signal::stored("k1".to_owned()));
        let (asked, again) = (Callback::new(|_: String| ()), Callback::new(|()| ()));
        let finder = Finder {
            row: Callback::new(|key: String| view! { <b>{key}</b> }.into_any()),
            href: Callback::new(|key| format!("/?item={key}")),
            found: |count| format!("{count} fit."),
        };
        let common = ComboboxProps::builder().id("box").value(value).shown(value).choices(choices).standing(standing);
        let common = common.nothing(nothing).on_query(asked).on_retry(again).on_pick(asked);
        if finds { Combobox(common.finder(finder).build()).into_any() } else { Combobox(common.build()).into_any() }
    })
}

#[test]
fn a_choice_of_a_setting_shows_no_list_until_it_is_asked_for_one() {
    let html = rendered(3, Standing::Found, false);
    assert!(html.contains("value=\"k1\"") && !html.contains("Label"), "{html}");
    assert!(!html.contains("fit.") && !html.contains("combobox-open"), "{html}");
}

#[test]
fn asleep_a_search_shows_what_was_found_as_links() {
    let html = rendered(3, Standing::Found, true);
    assert!(html.contains("href=\"/?item=k2\"") && html.contains("<b>k2<") && !html.contains("Label"), "{html}");
    assert!(html.contains("3 fit.") && html.contains("combobox-open"), "{html}");
}

#[test]
fn of_a_long_list_it_says_how_much_is_left_out() {
    let html = rendered(120, Standing::Found, true);
    assert!(html.contains("item=k99\"") && !html.contains("item=k100\""), "{html}");
    assert!(html.contains(&text::more_choices(20)), "{html}");
}

#[test]
fn it_says_that_it_asks_that_there_is_nothing_and_why_it_failed() {
    assert!(rendered(0, Standing::Asking, true).contains(text::LOADING_CHOICES));
    assert!(rendered(0, Standing::Found, true).contains("There is none."));
    let html = rendered(0, Standing::Failed("Sentry is down.".into()), true);
    assert!(html.contains("Sentry is down.") && html.contains(text::TRY_AGAIN), "{html}");
    assert!(!html.contains("There is none."), "a failure is not an empty answer: {html}");
}

#[test]
fn before_the_first_question_there_is_nothing_to_see() {
    let html = rendered(0, Standing::Idle, true);
    assert!(!html.contains("There is none.") && !html.contains("combobox-open"), "{html}");
}
