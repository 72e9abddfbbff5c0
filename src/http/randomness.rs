//! Whether a piece of text looks made by chance: what reads like a word or a number may stand in any text.

/// So many bytes of a secret tell enough of it to be hidden.
pub(super) const PIECE: usize = 8;

/// For each letter those that follow it in the words of people and programs.
const FOLLOWERS: [&str; 26] = [
    "bcdefgiklmnprstuvwxy",
    "acdeijlorstuy",
    "acehiklmoprstuxy",
    "abdegilorsuy",
    "abcdefghijklmnopqrstuvwxy",
    "acefilorstuy",
    "aceghilmnorstu",
    "aeilmnoprstu",
    "abcdefgklmnoprstuvxz",
    "aeosu",
    "abeios",
    "abdefghijklmnopstuvy",
    "abdeilmopsu",
    "acdefgiklmnopstuvy",
    "abcdefgijklmnoprstuvwy",
    "acdehiloprstuy",
    "lu",
    "abcdefgiklmnoprstuvy",
    "acefhiklmnopqrstuwy",
    "acdefhilmoprstuwyz",
    "abcdefgilmnoprst",
    "aeiou",
    "aehinorswz",
    "acefimpstx",
    "aelmnoprst",
    "aei",
];

/// The places of a secret, each with the number of bytes from there on that end a piece that looks made by chance.
pub(super) fn random_pieces(secret: &str) -> Vec<(usize, usize)> {
    let surprises: Vec<bool> = (1..secret.len())
        .map(|at| is_surprising(secret.as_bytes(), at))
        .collect();
    let count = |surprises: &[bool]| surprises.iter().filter(|surprise| **surprise).count();
    // In what is made by chance as a whole, less of it will do, and so it does at its start, which servers show most.
    let is_chance = count(&surprises) * 4 >= secret.len();
    let mut end = None;
    let pieces = surprises.windows(PIECE - 1).enumerate().rev();
    let places = pieces.filter_map(|(place, piece)| {
        let enough = if is_chance || place == 0 { 2 } else { 3 };
        if count(piece) >= enough {
            end = Some(place + PIECE);
        }
        Some((place, end? - place))
    });
    places
        .filter(|(place, _)| secret.is_char_boundary(*place))
        .collect()
}

/// Whether the byte there follows the one before it in no word and no number.
fn is_surprising(text: &[u8], at: usize) -> bool {
    let (first, second) = (text[at - 1], text[at]);
    if !first.is_ascii_alphabetic() || !second.is_ascii_alphabetic() {
        return first.is_ascii_alphanumeric()
            && second.is_ascii_alphanumeric()
            && first.is_ascii_digit() != second.is_ascii_digit();
    }
    let begins_word = at < 2 || !text[at - 2].is_ascii_uppercase();
    let is_one_word = match (first.is_ascii_uppercase(), second.is_ascii_uppercase()) {
        (false, true) => false,
        (true, false) => begins_word,
        _ => true,
    };
    let followers = FOLLOWERS[usize::from(first.to_ascii_lowercase() - b'a')].as_bytes();
    !is_one_word || !followers.contains(&second.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a secret that give it away.
    fn pieces(secret: &str) -> Vec<&str> {
        let mut places = random_pieces(secret);
        places.retain(|(_, length)| *length == PIECE);
        places.reverse();
        let pieces = places
            .iter()
            .map(|(place, length)| &secret[*place..place + length]);
        pieces.collect()
    }

    #[test]
    fn what_is_made_by_chance_is_told_by_every_piece() {
        for secret in [
            "aB3dE5gH7jK9mN1pQ",
            "k3x9p2ma7qz4",
            "JBSWY3DPEHPK3PXP",
            "3f9a7c04be51d8e6",
            "xqvkzjwpfgbd",
        ] {
            assert_eq!(pieces(secret).len(), secret.len() - PIECE + 1, "{secret}");
        }
    }

    #[test]
    fn words_and_numbers_tell_nothing() {
        for secret in [
            "",
            "aB3",
            "application/vnd.gateway.v1+json",
            "correct-horse-battery-staple",
            "Sunflower2024!",
            "vulnerability-technology-acknowledgement",
            "https://staging.example.com:8443/localhost",
            "2026-01-01T00:00:00Z 20260101",
            "pionne_totp_",
            "contentTypePlainTextTokens",
            "Schlüssel-Passwort-Änderung",
        ] {
            assert_eq!(pieces(secret), Vec::<&str>::new(), "{secret}");
        }
    }

    #[test]
    fn the_words_in_a_secret_tell_nothing() {
        let secret = "x7Q9k-example.com-password-localhost-9Kp2";
        for piece in pieces(secret) {
            for word in ["example", "ample.co", "password", "localhos"] {
                assert!(!piece.contains(word), "{piece}");
            }
        }
        assert!(!pieces(secret).is_empty());
    }

    #[test]
    fn a_word_in_front_is_told_with_the_piece_behind_it() {
        let places = random_pieces("pionne_totp_aB3dE5gH7");
        assert!(places.contains(&(0, 15)), "{places:?}");
        assert!(places.contains(&(12, 8)), "{places:?}");
    }
}
