//! What the keys do in a text field with a list. Pure.

/// What a key does to an open or closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The list opens.
    Open,
    /// Another choice becomes the active one.
    Move(usize),
    /// This one is chosen.
    Pick(usize),
    /// What is typed is asked now.
    Ask,
    /// The list closes.
    Close,
    /// Nothing happens.
    Swallow,
    /// The key does what it always does.
    Leave,
}

/// What a key does. `count` choices are shown; while the answer is awaited they are those of another question.
pub fn act(key: &str, open: bool, active: Option<usize>, count: usize, awaited: bool) -> Act {
    match (key, open) {
        ("ArrowDown" | "ArrowUp", false) => Act::Open,
        ("ArrowDown" | "ArrowUp", true) if count == 0 => Act::Swallow,
        ("ArrowDown", true) => Act::Move(active.map_or(0, |at| (at + 1) % count)),
        ("ArrowUp", true) => Act::Move(active.map_or(count - 1, |at| (at + count - 1) % count)),
        ("Enter", true) => match active.filter(|at| *at < count && !awaited) {
            Some(at) => Act::Pick(at),
            None => Act::Ask,
        },
        ("Escape", true) => Act::Close,
        _ => Act::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_open_the_list_and_go_round_in_it() {
        assert_eq!(act("ArrowDown", false, None, 3, false), Act::Open);
        assert_eq!(act("ArrowDown", true, None, 3, false), Act::Move(0));
        assert_eq!(act("ArrowDown", true, Some(2), 3, false), Act::Move(0));
        assert_eq!(act("ArrowUp", true, None, 3, false), Act::Move(2));
        assert_eq!(act("ArrowUp", true, Some(0), 3, false), Act::Move(2));
        assert_eq!(act("ArrowDown", true, None, 0, false), Act::Swallow);
    }

    #[test]
    fn enter_picks_and_never_sends_the_form_of_an_open_list() {
        assert_eq!(act("Enter", true, Some(1), 3, false), Act::Pick(1));
        assert_eq!(act("Enter", true, None, 3, false), Act::Ask);
        assert_eq!(act("Enter", false, None, 3, false), Act::Leave);
    }

    #[test]
    fn enter_picks_nothing_of_a_list_that_answers_another_question() {
        assert_eq!(act("Enter", true, Some(0), 3, true), Act::Ask);
        assert_eq!(act("Enter", true, Some(5), 3, false), Act::Ask, "the list became shorter");
    }

    #[test]
    fn the_keys_of_a_text_field_stay_its_own() {
        for key in ["Home", "End", "ArrowLeft", "Tab", "a"] {
            assert_eq!(act(key, true, Some(1), 3, false), Act::Leave, "{key}");
        }
    }

    #[test]
    fn escape_closes_the_list_first() {
        assert_eq!(act("Escape", true, Some(0), 3, false), Act::Close);
        assert_eq!(act("Escape", false, None, 3, false), Act::Leave);
    }
}
