//! What is wrong with the fields of a request.

use serde_json::{Map, Value, json};

use super::behaviour::EmailForm;

/// Complaints about fields, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Errors(Vec<(&'static str, String)>);

impl Errors {
    pub(super) fn add(&mut self, field: &'static str, complaint: impl Into<String>) {
        self.0.push((field, complaint.into()));
    }

    pub(super) fn with(field: &'static str, complaint: impl Into<String>) -> Self {
        Self(vec![(field, complaint.into())])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first complaint as a summary, and all of them by field.
    pub(super) fn body(&self) -> Value {
        let mut fields: Map<String, Value> = Map::new();
        for (field, complaint) in &self.0 {
            let list = fields.entry(*field).or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                list.push(complaint.as_str().into());
            }
        }
        let summary = match self.0.as_slice() {
            [] => "The request is not valid.".to_owned(),
            [(_, only)] => only.clone(),
            [(_, first), rest @ ..] => format!("{first} ({} more)", rest.len()),
        };
        json!({ "message": summary, "errors": fields })
    }
}

/// Whether a text looks as an address must.
pub(super) fn is_address(text: &str, form: EmailForm) -> bool {
    match form {
        EmailForm::Address => is_email(text),
        EmailForm::SidesOfAnAt => text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()),
        EmailForm::HasAt => text.contains('@'),
        EmailForm::Anything => true,
    }
}

/// Whether a text has the form of an e-mail address: dot-separated words, an `@`, and a domain.
/// Quoted local parts and address literals, which no mail provider gives out, are refused.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let words_ok = local
        .split('.')
        .all(|word| !word.is_empty() && word.chars().all(is_local_char));
    words_ok && local.chars().count() <= 64 && is_domain(domain)
}

/// Whether a text has the form of a domain name.
pub(super) fn is_domain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let inner = label.chars().all(|c| c.is_alphanumeric() || c == '-');
    !label.is_empty()
        && label.len() <= 63
        && inner
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn is_local_char(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_addresses_are_addresses() {
        for text in [
            "a@b",
            "jane.doe+tag@mail.example",
            "o'neil@xn--bcher-kva.example",
            "jörg@bücher.example",
            "1@2.3",
        ] {
            assert!(is_email(text), "{text}");
        }
    }

    #[test]
    fn malformed_addresses_are_none() {
        let long = format!("{}@b.example", "a".repeat(65));
        for text in [
            "",
            "jane",
            "@",
            "jane@",
            "@b.example",
            "a b@c.example",
            "a@b c.example",
            "a@@b.example",
            "a@b@c.example",
            ".a@b.example",
            "a.@b.example",
            "a..b@c.example",
            "a@.example",
            "a@b..example",
            "a@b.example.",
            "a@-b.example",
            "a@b-.example",
            "a\n@b.example",
            "a@b_c.example",
            "Jane <jane@b.example>",
            &long,
        ] {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn the_body_lists_every_complaint_under_its_field() {
        let mut errors = Errors::with("email", "one");
        errors.add("name", "two");
        errors.add("email", "three");
        let expected = json!({
            "message": "one (2 more)",
            "errors": { "email": ["one", "three"], "name": ["two"] },
        });
        assert_eq!(errors.body(), expected);
    }
}
