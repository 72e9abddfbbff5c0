//! Statuses in the place of the right one.

/// Another status of the same class, or one that is easily taken for the right one.
const NEAR: [(u16, u16); 9] = [
    (200, 202),
    (201, 200),
    (202, 200),
    (204, 200),
    (401, 403),
    (404, 400),
    (422, 400),
    (429, 401),
    (429, 503),
];

/// Statuses of other classes, by the hundreds of the right one.
const FAR: [(u16, &[u16]); 2] = [(2, &[401, 500]), (4, &[200, 500])];

/// The statuses that are tried in the place of `status`.
pub(super) fn wrong_for(status: u16) -> impl Iterator<Item = u16> {
    let near = NEAR.iter().filter(move |(right, _)| *right == status);
    let far = FAR.iter().filter(move |(class, _)| *class == status / 100);
    let far = far.flat_map(|(_, wrong)| wrong.iter().copied());
    near.map(|(_, wrong)| *wrong).chain(far)
}
