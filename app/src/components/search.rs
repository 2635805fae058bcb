//! A search while a person types: the last question counts, whatever order the answers come in.

use domain::AppError;
use domain::config::Columns;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(200);

/// Value and label.
pub type Choices = Vec<(String, String)>;
/// What is asked of the server.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send>>;

/// Where the controls of a form ask for choices. The page provides it; controls never fetch.
#[derive(Clone, Copy)]
pub struct Source {
    /// The choices of a field for a query, given the fields that it depends on.
    pub choices: Callback<(String, String, BTreeMap<String, String>), Answer<Choices>>,
    /// The choices of a new item of a mapper, by column.
    pub item_choices: Callback<(String, String), Answer<Columns>>,
}

/// How a search stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was asked.
    #[default]
    Idle,
    /// The answer is awaited.
    Asking,
    /// The choices are those that fit.
    Found,
    /// Why there is no answer.
    Failed(String),
}

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// What was typed last.
    pub query: String,
    /// What was found last; it stays while the next answer is awaited, so that nothing flickers.
    pub found: Choices,
    /// How it stands.
    pub standing: Standing,
    /// Whether that is what the server was asked.
    asked: bool,
    latest: u64,
}

impl Search {
    /// Begins a question; its number goes with the answer. None where the same is awaited or was answered already.
    pub fn begins(&mut self, query: &str) -> Option<u64> {
        if matches!(self.standing, Standing::Found | Standing::Asking) && self.asked && self.query == query {
            return None;
        }
        self.waits(query);
        self.asked = true;
        Some(self.latest)
    }

    /// Something else was typed, which is asked when the typing rests: what was found is not the answer any more.
    pub fn waits(&mut self, query: &str) {
        self.latest += 1;
        self.query = query.to_owned();
        self.standing = Standing::Asking;
        self.asked = false;
    }

    /// The answer to a question; one that was overtaken is dropped.
    pub fn answered(&mut self, number: u64, answer: Result<Choices, AppError>) {
        if number != self.latest {
            return;
        }
        match answer {
            Ok(found) => (self.found, self.standing) = (found, Standing::Found),
            Err(error) => self.standing = Standing::Failed(error.message),
        }
    }

    /// What the answers depend on has changed: none of them counts any longer. True when there was a question.
    pub fn forgets(&mut self) -> bool {
        let asked = self.standing != Standing::Idle;
        *self = Self { latest: self.latest + 1, query: std::mem::take(&mut self.query), ..Self::default() };
        asked
    }
}

/// A search that asks the server.
#[derive(Clone, Copy)]
pub struct Remote {
    /// How it stands.
    pub search: RwSignal<Search>,
    ask: Callback<String>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Remote {
    /// Asks for the choices of a field, anew whenever what they depend on changes.
    pub fn new(source: Source, field: String, depends: Signal<BTreeMap<String, String>>) -> Self {
        let (search, timer) = (RwSignal::new(Search::default()), StoredValue::new(None::<TimeoutHandle>));
        let asking = Action::new(move |(number, query): &(u64, String)| {
            let (number, question) = (*number, (field.clone(), query.clone(), depends.get_untracked()));
            let answer = source.choices.run(question);
            async move {
                let answer = answer.await;
                let _ = search.try_update(|search| search.answered(number, answer));
            }
        });
        let ask = Callback::new(move |query: String| {
            if let Some(number) = search.try_update(|search| search.begins(&query)).flatten() {
                asking.dispatch((number, query));
            }
        });
        Effect::new(move |before: Option<BTreeMap<String, String>>| {
            let now = depends.get();
            if before.is_some_and(|before| before != now) && search.try_update(Search::forgets) == Some(true) {
                ask.run(search.with_untracked(|search| search.query.clone()));
            }
            now
        });
        on_cleanup(move || {
            timer.try_update_value(Option::take).flatten().iter().for_each(TimeoutHandle::clear);
        });
        Self { search, ask, timer }
    }

    /// Asks when the typing rests; the first question is asked at once.
    pub fn typed(self, query: String) {
        let waits = self.timer.try_update_value(Option::take).flatten();
        waits.iter().for_each(TimeoutHandle::clear);
        let first = self.search.with_untracked(|search| search.standing == Standing::Idle);
        if first || query.is_empty() {
            return self.ask.run(query);
        }
        let _ = self.search.try_update(|search| search.waits(&query));
        let ask = self.ask;
        self.timer.set_value(set_timeout_with_handle(move || ask.try_run(query).unwrap_or_default(), REST).ok());
    }

    /// Asks the last question again.
    pub fn again(self) {
        self.ask.run(self.search.with_untracked(|search| search.query.clone()));
    }
}

/// The choices whose label holds every word of a query, wherever; those that begin with it come first.
pub fn matching(choices: &[(String, String)], query: &str) -> Choices {
    let query = query.trim().to_lowercase();
    let fits = |(_, label): &&(String, String)| {
        let label = label.to_lowercase();
        query.split_whitespace().all(|word| label.contains(word))
    };
    let mut found: Choices = choices.iter().filter(fits).cloned().collect();
    found.sort_by_key(|(_, label)| !label.to_lowercase().starts_with(&query));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(name: &str) -> (String, String) {
        (name.to_lowercase(), name.to_owned())
    }

    #[test]
    fn an_answer_that_was_overtaken_is_dropped() {
        let mut search = Search::default();
        let (first, second) = (search.begins("a").unwrap(), search.begins("ab").unwrap());
        search.answered(second, Ok(vec![choice("Abel")]));
        search.answered(first, Ok(vec![choice("Ada")]));
        assert_eq!((search.found, search.standing), (vec![choice("Abel")], Standing::Found));
    }

    #[test]
    fn what_was_found_stays_while_the_next_answer_is_awaited_and_when_it_fails() {
        let mut search = Search::default();
        let first = search.begins("a").unwrap();
        search.answered(first, Ok(vec![choice("Ada")]));
        let second = search.begins("ad").unwrap();
        assert_eq!((search.found.len(), &search.standing), (1, &Standing::Asking));
        search.answered(second, Err(AppError::provider("Jira does not answer.")));
        assert_eq!((search.found.len(), &search.standing), (1, &Standing::Failed("Jira does not answer.".into())));
        assert!(search.begins("ad").is_some(), "a question that failed can be asked again");
    }

    #[test]
    fn the_same_is_not_asked_twice_until_what_it_depends_on_changes() {
        let mut search = Search::default();
        let number = search.begins("a").unwrap();
        search.answered(number, Ok(vec![choice("Ada")]));
        assert_eq!(search.begins("a"), None);
        let late = search.begins("b").unwrap();
        assert!(search.forgets());
        search.answered(late, Ok(vec![choice("Bob")]));
        assert_eq!((search.found.len(), &search.standing), (0, &Standing::Idle));
        assert!(search.begins("a").is_some());
        assert!(!Search::default().forgets(), "nothing was asked yet");
    }

    #[test]
    fn while_somebody_types_what_was_found_is_no_answer() {
        let mut search = Search::default();
        let number = search.begins("a").unwrap();
        search.waits("ab");
        search.answered(number, Ok(vec![choice("Ada")]));
        assert_eq!((search.found.len(), &search.standing), (0, &Standing::Asking));
        search.waits("a");
        let number = search.begins("a").expect("the same words as before are asked when the typing rests");
        assert_eq!(search.begins("a"), None, "and no second time for who did not want to wait");
        search.answered(number, Ok(vec![choice("Ada")]));
        assert_eq!((search.found.len(), &search.standing), (1, &Standing::Found));
    }

    #[test]
    fn a_list_is_narrowed_by_words_and_beginnings_come_first() {
        let choices = ["Web shop", "Shop floor", "Payroll"].map(choice);
        let found = |query: &str| matching(&choices, query).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(found("shop"), ["Shop floor", "Web shop"]);
        assert_eq!(found("SHOP w"), ["Web shop"]);
        assert_eq!(found("x").len(), 0);
        assert_eq!(found("").len(), 3);
    }
}
