//! What a test server cannot bring about at will: the times of calls, and how many were made.

use super::*;

/// An answer to a call that was under way from then till then, in milliseconds.
fn answer(from: i64, till: i64) -> Answer {
    Answer {
        sent: jiff::Timestamp::from_millisecond(from).unwrap(),
        elapsed: Duration::from_millis(u64::try_from(till - from).unwrap()),
        ..Answer::made_up(200, &[], "")
    }
}

#[test]
fn calls_are_at_once_where_all_were_sent_before_any_was_answered() {
    for (calls, at_once) in [
        (&[(0, 10)][..], true),
        (&[(0, 10), (9, 12)], true),
        (&[(9, 12), (0, 10)], true),
        (&[(0, 10), (10, 12)], false),
        (&[(0, 10), (11, 12)], false),
        (&[(0, 30), (1, 2), (5, 20)], false),
        (&[(0, 30), (1, 6), (5, 20)], true),
    ] {
        let answers: Vec<Answer> = calls
            .iter()
            .map(|(from, till)| answer(*from, *till))
            .collect();
        assert_eq!(apart(&answers).is_none(), at_once, "{calls:?}");
    }
}

#[test]
fn a_repetition_ends_where_it_has_shown_what_it_was_to_show() {
    let until: Statuses = serde_json::from_value(serde_json::json!(429)).unwrap();
    let outcome = |status, calls, seconds| {
        let spent = (Duration::from_secs(seconds), Duration::from_mins(1));
        match repetition(&until, 3, status, calls, spent) {
            Repetition::GoesOn => "goes on",
            Repetition::Ends => "ends",
            Repetition::TooSlow(_) => "too slow",
        }
    };
    assert_eq!(outcome(401, 1, 0), "goes on");
    assert_eq!(outcome(401, 2, 59), "goes on");
    assert_eq!(outcome(401, 3, 0), "ends");
    assert_eq!(outcome(429, 1, 0), "ends");
    assert_eq!(outcome(401, 2, 60), "too slow");
    // What was asked in time, or met, counts though the last answer came late.
    assert_eq!(outcome(401, 3, 61), "ends");
    assert_eq!(outcome(429, 2, 61), "ends");
}
