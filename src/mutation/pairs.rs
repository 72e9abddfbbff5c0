//! Every pair of variants together on some server, with few servers: a covering array of strength two.

use super::variant::Variant;
use super::variants::AXES;

/// Of how many rows the best is taken, one after the other; which number suits the levels best is tried.
const CANDIDATES: [usize; 4] = [4, 8, 16, 32];

/// The variants of each server, in the order of the axes, such that any two that do not exclude each other are
/// together on one of them, and any variant meets the reference's own choice on every other axis.
#[must_use]
pub fn paired_variants() -> Vec<Vec<&'static Variant>> {
    // The first level of an axis is the reference as it is.
    let levels: Vec<usize> = AXES.iter().map(|axis| 1 + axis.variants.len()).collect();
    let variants_of = |row: &Vec<usize>| {
        let chosen = AXES.iter().zip(row);
        chosen
            .filter_map(|(axis, level)| axis.variants.get(level.checked_sub(1)?))
            .collect()
    };
    covering_array(&levels).iter().map(variants_of).collect()
}

/// Rows with one level of each factor, such that any two levels of two factors are together in a row; `levels` says
/// how many each factor has. The same for the same `levels`, and not far from the fewest.
#[must_use]
pub fn covering_array(levels: &[usize]) -> Vec<Vec<usize>> {
    let arrays = CANDIDATES
        .iter()
        .map(|candidates| greedy(levels, *candidates));
    arrays.min_by_key(Vec::len).unwrap_or_default()
}

/// Takes the row that closes most pairs until none is open.
fn greedy(levels: &[usize], candidates: usize) -> Vec<Vec<usize>> {
    let mut open = OpenPairs::new(levels);
    let mut rows = Vec::new();
    loop {
        let beginnings = open.spread(candidates).into_iter();
        let possible = beginnings.map(|(one, other)| open.row(one, other));
        // Of equals the first is taken.
        let Some(row) = possible.rev().max_by_key(|row| open.gain(row)) else {
            return rows;
        };
        open.close(&row);
        rows.push(row);
    }
}

/// A level of a factor.
type Choice = (usize, usize);

/// The pairs that no row has yet.
struct OpenPairs<'a> {
    levels: &'a [usize],
    /// Where the levels of each factor begin among all levels.
    starts: Vec<usize>,
    all: usize,
    /// By two levels among all levels, that of the earlier factor first.
    open: Vec<bool>,
    /// How many open pairs a level has, by its place among all levels.
    left: Vec<usize>,
}

impl<'a> OpenPairs<'a> {
    fn new(levels: &'a [usize]) -> Self {
        let starts: Vec<usize> = levels
            .iter()
            .scan(0, |start, count| {
                Some(std::mem::replace(start, *start + count))
            })
            .collect();
        let all = levels.iter().sum();
        let mut pairs = Self {
            levels,
            starts,
            all,
            open: vec![false; all * all],
            left: vec![0; all],
        };
        for (a, b) in pairs.factor_pairs() {
            for one in 0..levels[a] {
                for other in 0..levels[b] {
                    let at = pairs.at((a, one), (b, other));
                    pairs.open[at] = true;
                    pairs.left[pairs.starts[a] + one] += 1;
                    pairs.left[pairs.starts[b] + other] += 1;
                }
            }
        }
        pairs
    }

    fn factor_pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let count = self.levels.len();
        (0..count).flat_map(move |a| (a + 1..count).map(move |b| (a, b)))
    }

    fn at(&self, one: Choice, other: Choice) -> usize {
        let (first, second) = (one.min(other), one.max(other));
        (self.starts[first.0] + first.1) * self.all + self.starts[second.0] + second.1
    }

    fn is_open(&self, one: Choice, other: Choice) -> bool {
        self.open[self.at(one, other)]
    }

    /// Some of the open pairs, from all over.
    fn spread(&self, most: usize) -> Vec<(Choice, Choice)> {
        let open: Vec<(Choice, Choice)> = self
            .factor_pairs()
            .flat_map(|(a, b)| {
                let ones = 0..self.levels[a];
                ones.flat_map(move |one| {
                    let others = 0..self.levels[b];
                    others.map(move |other| ((a, one), (b, other)))
                })
            })
            .filter(|(one, other)| self.is_open(*one, *other))
            .collect();
        let step = open.len().div_ceil(most).max(1);
        open.into_iter().step_by(step).collect()
    }

    /// A row with that pair, and of every further factor the level that closes most pairs with those chosen before,
    /// factors of many levels first.
    fn row(&self, one: Choice, other: Choice) -> Vec<usize> {
        let mut chosen = vec![one, other];
        let mut factors: Vec<usize> = (0..self.levels.len()).collect();
        factors.retain(|factor| ![one.0, other.0].contains(factor));
        factors.sort_by_key(|factor| std::cmp::Reverse(self.levels[*factor]));
        for factor in factors {
            let closes = |level: &usize| {
                let choice = (factor, *level);
                let with = chosen.iter();
                let now = with.filter(|one| self.is_open(**one, choice)).count();
                // Of equals the one with most left to do.
                (now, self.left[self.starts[factor] + level])
            };
            let level = (0..self.levels[factor]).rev().max_by_key(closes);
            chosen.extend(level.map(|level| (factor, level)));
        }
        chosen.sort_unstable();
        chosen.into_iter().map(|(_, level)| level).collect()
    }

    fn gain(&self, row: &[usize]) -> usize {
        let pairs = self.factor_pairs();
        pairs
            .filter(|(a, b)| self.is_open((*a, row[*a]), (*b, row[*b])))
            .count()
    }

    fn close(&mut self, row: &[usize]) {
        for (a, b) in self.factor_pairs() {
            let at = self.at((a, row[a]), (b, row[b]));
            if std::mem::take(&mut self.open[at]) {
                self.left[self.starts[a] + row[a]] -= 1;
                self.left[self.starts[b] + row[b]] -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn pairs_of(row: &[usize]) -> impl Iterator<Item = (Choice, Choice)> {
        let chosen: Vec<Choice> = row.iter().copied().enumerate().collect();
        let seconds = chosen.clone();
        chosen.into_iter().flat_map(move |one| {
            let after = seconds.clone().into_iter();
            after
                .filter(move |other| one.0 < other.0)
                .map(move |other| (one, other))
        })
    }

    fn covered(rows: &[Vec<usize>]) -> usize {
        let pairs: BTreeSet<(Choice, Choice)> = rows.iter().flat_map(|row| pairs_of(row)).collect();
        pairs.len()
    }

    /// How many pairs there are: each two factors have the product of their levels.
    fn all_pairs(levels: &[usize]) -> usize {
        let total: usize = levels.iter().sum();
        let squares: usize = levels.iter().map(|count| count * count).sum();
        (total * total - squares) / 2
    }

    #[test]
    fn every_pair_is_in_some_row_and_every_row_is_whole() {
        for levels in [
            vec![2, 2],
            vec![3, 1, 2],
            vec![4, 3, 3, 2, 2, 5],
            vec![2; 12],
        ] {
            let rows = covering_array(&levels);
            assert_eq!(covered(&rows), all_pairs(&levels), "{levels:?}");
            for row in &rows {
                assert_eq!(row.len(), levels.len());
                assert!(row.iter().zip(&levels).all(|(level, count)| level < count));
            }
        }
    }

    #[test]
    fn the_rows_are_few_and_the_same_each_time() {
        assert_eq!(covering_array(&[3, 4]).len(), 12);
        // Twelve switches have 4096 positions.
        assert!(covering_array(&[2; 12]).len() <= 10);
        assert_eq!(covering_array(&[3; 6]), covering_array(&[3; 6]));
    }

    #[test]
    fn the_servers_are_few() {
        let rows = paired_variants().len();
        assert!(rows <= 45, "{rows} servers for all pairs");
    }
}
