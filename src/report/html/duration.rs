//! Durations for people.

/// A duration as a reader takes it in at a glance.
pub(super) fn duration(milliseconds: f64) -> String {
    match milliseconds {
        short if short < 9.95 => format!("{short:.1} ms"),
        short if short < 999.5 => format!("{short:.0} ms"),
        long if long < 99_950.0 => format!("{:.1} s", long / 1e3),
        longest => {
            let minutes = (longest / 60_000.0).floor();
            let seconds = (longest / 1e3 - minutes * 60.0).floor();
            format!("{minutes:.0} min {seconds:.0} s")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_the_unit_that_suits_it() {
        for (milliseconds, told) in [
            (0.04, "0.0 ms"),
            (9.94, "9.9 ms"),
            (9.96, "10 ms"),
            (999.4, "999 ms"),
            (999.6, "1.0 s"),
            (99_949.0, "99.9 s"),
            (120_000.0, "2 min 0 s"),
            (179_999.0, "2 min 59 s"),
        ] {
            assert_eq!(duration(milliseconds), told);
        }
    }
}
