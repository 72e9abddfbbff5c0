//! What is made of a value: each filter by what must be true of its result, whatever the value.

use conform::suite::Filter;
use proptest::prelude::*;

use crate::properties::cases;

/// Tokens, e-mails, words in any script.
fn value() -> impl Strategy<Value = String> {
    "([0-9]{1,4}\\|)?([A-Za-z0-9@.|+-]|\\PC){0,24}"
}

fn count(text: &str) -> usize {
    text.chars().count()
}

/// What follows the last bar, which is where a near miss has to be.
fn secret_of(value: &str) -> &str {
    value.rsplit_once('|').map_or(value, |(_, secret)| secret)
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn altered_misses_by_one_letter_or_digit_of_the_secret(value in value()) {
        let altered = Filter::Altered.apply(&value);
        let can_miss = secret_of(&value).contains(|c: char| c.is_ascii_alphanumeric());
        let pairs = value.chars().zip(altered.chars());
        let differing: Vec<(char, char)> = pairs.filter(|(a, b)| a != b).collect();
        prop_assert_eq!(count(&altered), count(&value));
        prop_assert_eq!(differing.len(), usize::from(can_miss));
        for (before, after) in differing {
            prop_assert!(!before.eq_ignore_ascii_case(&after), "{before} and {after}");
            prop_assert_eq!(before.is_ascii_digit(), after.is_ascii_digit());
        }
        let id = value.strip_suffix(secret_of(&value)).unwrap();
        prop_assert!(altered.starts_with(id));
    }

    #[test]
    fn shortened_lacks_the_last_character(value in value()) {
        let shortened = Filter::Shortened.apply(&value);
        prop_assert!(value.starts_with(&shortened));
        prop_assert_eq!(count(&shortened) + usize::from(!value.is_empty()), count(&value));
    }

    #[test]
    fn first_is_the_start_of_that_length(value in value(), length in 0..30_usize) {
        let first = Filter::First(length).apply(&value);
        prop_assert!(value.starts_with(&first));
        prop_assert_eq!(count(&first), length.min(count(&value)));
    }

    #[test]
    fn padded_is_followed_by_x_to_that_length(value in value(), length in 0..60_usize) {
        let padded = Filter::Padded(length).apply(&value);
        let added = padded.strip_prefix(&value).unwrap();
        prop_assert_eq!(added.trim_matches('x'), "");
        prop_assert_eq!(count(&padded), length.max(count(&value)));
    }

    #[test]
    fn misspelt_differs_in_its_last_letter_or_digit(value in value()) {
        let misspelt = Filter::Misspelt.apply(&value);
        let differing: Vec<usize> = value.chars().zip(misspelt.chars()).enumerate()
            .filter(|(_, (a, b))| a != b)
            .map(|(at, _)| at)
            .collect();
        let last = value.chars().collect::<Vec<_>>().iter().rposition(char::is_ascii_alphanumeric);
        prop_assert_eq!(differing, Vec::from_iter(last));
        prop_assert_eq!(count(&misspelt), count(&value));
    }

    #[test]
    fn swapped_case_differs_in_case_alone_and_twice_in_nothing(value in value()) {
        let swapped = Filter::SwappedCase.apply(&value);
        let is_of_no_case = |c: char| !c.is_ascii_alphabetic() || c.is_ascii_hexdigit();
        if secret_of(&value).chars().all(is_of_no_case) {
            prop_assert_eq!(swapped, Filter::Altered.apply(&value));
            return Ok(());
        }
        prop_assert!(swapped.eq_ignore_ascii_case(&value));
        let letters = value.chars().filter(char::is_ascii_alphabetic).count();
        let differing = value.chars().zip(swapped.chars()).filter(|(a, b)| a != b).count();
        prop_assert_eq!(differing, letters);
        prop_assert_eq!(Filter::SwappedCase.apply(&swapped), value);
    }

    #[test]
    fn without_at_lacks_one(value in value()) {
        let without = Filter::WithoutAt.apply(&value);
        let ats = |text: &str| text.matches('@').count();
        prop_assert_eq!(ats(&without), ats(&value).saturating_sub(1));
        prop_assert_eq!(without.replace('@', "."), value.replace('@', "."));
    }

    #[test]
    fn secret_is_what_follows_the_last_bar(value in value()) {
        let secret = Filter::Secret.apply(&value);
        prop_assert_eq!(secret.as_str(), secret_of(&value));
        prop_assert!(!secret.contains('|'));
    }
}
