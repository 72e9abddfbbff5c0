//! Upper case in e-mails, and which of them are refused.

use super::strictness::refuse_registration;
use super::times::each;
use crate::selftest::message::{RequestMessage, ResponseMessage};
use crate::selftest::variant::Variant;
use crate::selftest::wire::Rewrite;

pub(super) const AXIS: &[Variant] = &[
    // An e-mail is kept as it was written, and in another case it is another one.
    Variant::new("emails.as-written", |server| {
        server.wire().rewrite(AsWritten);
    }),
    // An e-mail with capitals is refused with 422, as Laravel's rule `lowercase` does.
    Variant::new("emails.without-capitals", |server| {
        refuse_registration(server, "email", |email| {
            email.chars().any(char::is_uppercase)
        });
    }),
    // An e-mail of more than 64 characters is refused with 422.
    Variant::new("emails.at-most-64", |server| {
        refuse_registration(server, "email", |email| email.chars().count() > 64);
    }),
];

/// The reference knows an e-mail in lower case only: upper case is written in another way towards it.
struct AsWritten;

impl Rewrite for AsWritten {
    fn request(&self, asked: &mut RequestMessage) {
        if let Some(email) = asked.text("email") {
            *email = escaped(email);
        }
    }

    fn answer(&self, _: &RequestMessage, answer: &mut ResponseMessage) {
        if let Some(body) = &mut answer.json {
            each(body, &["email"], &|_, email| *email = unescaped(email));
        }
    }
}

/// `Jane_1` as `_jane__1`. The part behind the `@` has no case.
fn escaped(email: &str) -> String {
    let mailbox = email.find('@').unwrap_or(email.len());
    let (mailbox, domain) = email.split_at(mailbox);
    let escape = |c: char| {
        let escaped = c == '_' || c.is_ascii_uppercase();
        escaped.then_some('_').into_iter().chain([c])
    };
    mailbox
        .chars()
        .flat_map(escape)
        .chain(domain.chars())
        .collect()
}

fn unescaped(email: &str) -> String {
    let mut characters = email.chars();
    let mut unescaped = String::new();
    while let Some(c) = characters.next() {
        match c {
            '_' => unescaped.extend(characters.next().map(|c| c.to_ascii_uppercase())),
            _ => unescaped.push(c),
        }
    }
    unescaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_emails_become_one_and_all_come_back() {
        assert_eq!(escaped("Jane_1@Example.com"), "_Jane__1@Example.com");
        for email in [
            "Jane@x.y",
            "jane@x.y",
            "_jane@x.y",
            "__@x.y",
            "J_@x.y",
            "nobody",
        ] {
            let kept = escaped(email).to_lowercase();
            assert_eq!(unescaped(&kept), email);
        }
    }
}
