//! Every pair of variants together on some server, with few servers: a covering array of strength two.

use super::variant::Variant;
use super::variants::AXES;

/// Of how many rows the best is taken, one after the other; which number suits the levels best is tried.
const CANDIDATES: [usize; 4] = [8, 16, 24, 48];

/// A level of a factor.
type Choice = (usize, usize);

/// The variants of each server, in the order of the axes, such that any two that do not exclude each other are
/// together on one of them, and any variant meets the reference's own choice on every other axis.
#[must_use]
pub fn paired_variants() -> Vec<Vec<&'static Variant>> {
    // The first level of an axis is the reference as it is.
    let levels: Vec<usize> = AXES.iter().map(|axis| 1 + axis.len()).collect();
    let variant = |(axis, level): Choice| AXES[axis].get(level.checked_sub(1)?);
    let apart = |one, other| {
        let both = variant(one).zip(variant(other));
        both.is_some_and(|(one, other)| one.cannot_combine_with(other))
    };
    let rows = covering_array(&levels, &apart).into_iter();
    rows.map(|row| row.into_iter().enumerate().filter_map(variant).collect())
        .collect()
}

/// Rows with one level of each factor, such that any two levels of two factors are together in a row unless they are
/// `apart`; the first level of a factor is so from none. `levels` says how many each factor has. The same for the
/// same arguments, and not far from the fewest.
fn covering_array(levels: &[usize], apart: &dyn Fn(Choice, Choice) -> bool) -> Vec<Vec<usize>> {
    let arrays = CANDIDATES
        .iter()
        .map(|candidates| greedy(levels, apart, *candidates));
    arrays.min_by_key(Vec::len).unwrap_or_default()
}

/// Takes the row that closes most pairs until none is open.
fn greedy(
    levels: &[usize],
    apart: &dyn Fn(Choice, Choice) -> bool,
    candidates: usize,
) -> Vec<Vec<usize>> {
    let mut open = OpenPairs::new(levels, apart);
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

/// The pairs that no row has yet.
struct OpenPairs<'a> {
    levels: &'a [usize],
    apart: &'a dyn Fn(Choice, Choice) -> bool,
    /// Where the levels of each factor begin among all levels.
    starts: Vec<usize>,
    all: usize,
    /// By two levels among all levels, that of the earlier factor first.
    open: Vec<bool>,
    /// How many open pairs a level has, by its place among all levels.
    left: Vec<usize>,
}

impl<'a> OpenPairs<'a> {
    fn new(levels: &'a [usize], apart: &'a dyn Fn(Choice, Choice) -> bool) -> Self {
        let starts: Vec<usize> = levels
            .iter()
            .scan(0, |start, count| {
                Some(std::mem::replace(start, *start + count))
            })
            .collect();
        let all = levels.iter().sum();
        let mut pairs = Self {
            levels,
            apart,
            starts,
            all,
            open: vec![false; all * all],
            left: vec![0; all],
        };
        for (one, other) in pairs.all_pairs().collect::<Vec<_>>() {
            let at = pairs.at(one, other);
            pairs.open[at] = true;
            *pairs.left_of(one) += 1;
            *pairs.left_of(other) += 1;
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

    /// Every pair that may be together.
    fn all_pairs(&self) -> impl Iterator<Item = (Choice, Choice)> {
        let pairs = self.factor_pairs().flat_map(move |(a, b)| {
            let ones = 0..self.levels[a];
            ones.flat_map(move |one| (0..self.levels[b]).map(move |other| ((a, one), (b, other))))
        });
        pairs.filter(move |(one, other)| !(self.apart)(*one, *other))
    }

    fn left_of(&mut self, (factor, level): Choice) -> &mut usize {
        &mut self.left[self.starts[factor] + level]
    }

    /// The open pairs of a factor.
    fn left_in(&self, factor: usize) -> usize {
        let start = self.starts[factor];
        self.left[start..start + self.levels[factor]].iter().sum()
    }

    /// Some of the open pairs, from all over.
    fn spread(&self, most: usize) -> Vec<(Choice, Choice)> {
        let mut open: Vec<(Choice, Choice)> = self.all_pairs().collect();
        open.retain(|(one, other)| self.is_open(*one, *other));
        let step = open.len().div_ceil(most).max(1);
        open.into_iter().step_by(step).collect()
    }

    /// A row with that pair, and of every further factor the level that closes most pairs with those chosen before,
    /// factors with most left to do first.
    fn row(&self, one: Choice, other: Choice) -> Vec<usize> {
        let mut chosen = vec![one, other];
        let mut factors: Vec<usize> = (0..self.levels.len()).collect();
        factors.retain(|factor| ![one.0, other.0].contains(factor));
        factors.sort_by_key(|factor| std::cmp::Reverse(self.left_in(*factor)));
        for factor in factors {
            let closes = |level: &usize| {
                let choice = (factor, *level);
                let with = chosen.iter();
                let now = with.filter(|one| self.is_open(**one, choice)).count();
                // Of equals the one with most left to do.
                (now, self.left[self.starts[factor] + level])
            };
            let fits = |level: &usize| {
                !chosen
                    .iter()
                    .any(|one| (self.apart)(*one, (factor, *level)))
            };
            let levels = (0..self.levels[factor]).rev().filter(fits);
            let level = levels.max_by_key(closes).unwrap_or_default();
            chosen.push((factor, level));
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
                *self.left_of((a, row[a])) -= 1;
                *self.left_of((b, row[b])) -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn never(_: Choice, _: Choice) -> bool {
        false
    }

    fn covered(rows: &[Vec<usize>]) -> usize {
        let mut pairs = BTreeSet::new();
        for row in rows {
            for b in 0..row.len() {
                pairs.extend((0..b).map(|a| (a, row[a], b, row[b])));
            }
        }
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
            let rows = covering_array(&levels, &never);
            assert_eq!(covered(&rows), all_pairs(&levels), "{levels:?}");
            for row in &rows {
                assert_eq!(row.len(), levels.len());
                assert!(row.iter().zip(&levels).all(|(level, count)| level < count));
            }
        }
    }

    #[test]
    fn the_rows_are_few_and_the_same_each_time() {
        assert_eq!(covering_array(&[3, 4], &never).len(), 12);
        // Twelve switches have 4096 positions.
        assert!(covering_array(&[2; 12], &never).len() <= 10);
        assert_eq!(
            covering_array(&[3; 6], &never),
            covering_array(&[3; 6], &never)
        );
    }

    #[test]
    fn what_is_apart_is_never_together_and_all_else_is() {
        let apart = |one, other| [one, other] == [(0, 1), (2, 2)];
        let levels = [3, 2, 4];
        let rows = covering_array(&levels, &|one, other| {
            apart(one, other) || apart(other, one)
        });
        assert!(rows.iter().all(|row| !(row[0] == 1 && row[2] == 2)));
        assert_eq!(covered(&rows), all_pairs(&levels) - 1);
    }

    #[test]
    fn the_servers_are_few() {
        let rows = paired_variants().len();
        // Each pair of levels of the two largest axes takes a server of its own.
        let mut levels: Vec<usize> = AXES.iter().map(|axis| 1 + axis.len()).collect();
        levels.sort_unstable_by(|a, b| b.cmp(a));
        let least = levels[0] * levels[1];
        assert!(
            rows <= least * 3 / 2,
            "{rows} servers for all pairs, of which {least} are needed"
        );
    }
}
