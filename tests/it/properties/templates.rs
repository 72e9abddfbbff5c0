//! Templates: what is printed is read again, what is filled in stands in its place, and no text is too much.

use std::convert::Infallible;

use conform::suite::{
    Expression, FIELDS, Filter, JsonTemplate, Piece, Reference, Template, as_text, fill, fill_json,
    into_text,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::properties::cases;

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_]{0,8}"
}

fn reference() -> impl Strategy<Value = Reference> {
    let field = (name(), prop::sample::select(&FIELDS[..]));
    prop_oneof![
        name().prop_map(Reference::Capture),
        field.prop_map(|(account, (_, field))| Reference::Account(account, field)),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    prop_oneof![
        Just(Filter::Altered),
        Just(Filter::SwappedCase),
        Just(Filter::Shortened),
        Just(Filter::WithoutAt),
        Just(Filter::Secret),
        Just(Filter::Id),
        (0..100_usize).prop_map(Filter::First),
        (0..100_usize).prop_map(Filter::Padded),
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    let plus = -99..100_i64;
    let parts = (reference(), prop::collection::vec(filter(), 0..3), plus);
    parts.prop_map(|(reference, filters, plus)| Expression {
        reference,
        filters,
        plus,
    })
}

/// Texts and expressions, no two texts side by side.
fn template() -> impl Strategy<Value = Template> {
    let text = "[^{]{1,8}".prop_map(Piece::Text);
    let piece = prop_oneof![text, expression().prop_map(Piece::Expression)];
    prop::collection::vec(piece, 0..6).prop_map(|mut pieces| {
        pieces.dedup_by(|a, b| matches!((a, b), (Piece::Text(_), Piece::Text(_))));
        Template { pieces }
    })
}

fn print(template: &Template) -> String {
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Expression(expression) => print_expression(expression),
    });
    pieces.collect()
}

fn print_expression(expression: &Expression) -> String {
    let plus = match expression.plus {
        0 => String::new(),
        plus => format!(" {} {}", if plus < 0 { '-' } else { '+' }, plus.abs()),
    };
    let filters = expression.filters.iter().map(|filter| match filter {
        Filter::Altered => " | altered".to_owned(),
        Filter::Misspelt => " | misspelt".to_owned(),
        Filter::SwappedCase => " | swapped_case".to_owned(),
        Filter::Shortened => " | shortened".to_owned(),
        Filter::WithoutAt => " | without_at".to_owned(),
        Filter::Secret => " | secret".to_owned(),
        Filter::Id => " | id".to_owned(),
        Filter::First(count) => format!(" | first({count})"),
        Filter::Padded(count) => format!(" | padded({count})"),
    });
    let filters: String = filters.collect();
    format!("{{{{ {}{plus}{filters} }}}}", expression.reference)
}

/// A value for each expression that tells which it is for.
fn value_of(expression: &Expression) -> Value {
    match expression.plus {
        0 => json!(format!("<{}>", expression.reference)),
        plus => json!(plus),
    }
}

/// A template that lacks no value.
fn filled(template: &Template) -> Value {
    let Ok(value) = fill(template, &mut |expression| {
        Ok::<_, Infallible>(value_of(expression))
    });
    value
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn what_is_printed_is_read_again(template in template()) {
        prop_assert_eq!(Template::parse(&print(&template)), Ok(template));
    }

    #[test]
    fn values_stand_where_their_expressions_stood(template in template()) {
        let filled = filled(&template);
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Expression(expression) => into_text(value_of(expression)),
        };
        let expected: String = template.pieces.iter().map(text).collect();
        prop_assert_eq!(as_text(&filled), expected);
        // Alone a value keeps its type.
        let alone = matches!(template.pieces.as_slice(), [Piece::Expression(one)] if one.plus != 0);
        prop_assert_eq!(filled.is_number(), alone);
    }

    #[test]
    fn a_text_without_braces_is_itself(text in "[^{]{0,40}") {
        let template = Template::parse(&text).unwrap();
        prop_assert_eq!(template.as_text(), Some(text.as_str()));
        prop_assert_eq!(filled(&template), json!(text));
    }

    #[test]
    fn json_without_templates_is_itself(text in "[^{]{0,9}", number: i64, flag: bool) {
        let value = json!({ "a": [text, number, { "b": flag, "c": null }], "d": {} });
        let template = JsonTemplate::parse(&value).unwrap();
        prop_assert!(template.expressions().is_empty());
        let Ok(filled) = fill_json(&template, &mut |_| Ok::<_, Infallible>(Value::Null));
        prop_assert_eq!(filled, value);
    }

    #[test]
    fn any_text_is_read_or_refused(text in r"([{}|.()+\- ]|[a-z0-9_]{1,3}|\{\{|\}\}|\PC){0,12}") {
        if let Ok(template) = Template::parse(&text) {
            prop_assert_eq!(Template::parse(&print(&template)), Ok(template));
        } else {
            prop_assert!(text.contains("{{"));
        }
    }
}
