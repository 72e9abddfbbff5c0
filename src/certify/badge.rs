//! The badge of a product that conforms: an image, and the JSON that shields.io makes one of.

use serde::Serialize;

use super::certificate::Certificate;

const LABEL: &str = "conform";
const COLOUR: &str = "#2e7d32";
/// The width of a character of the badge's font on average, and what stands around a text, in pixels.
const CHARACTER: usize = 7;
const MARGIN: usize = 10;

/// <https://shields.io/badges/endpoint-badge>
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Endpoint {
    schema_version: u32,
    label: &'static str,
    message: String,
    color: &'static str,
}

pub(super) fn endpoint(certificate: &Certificate) -> Endpoint {
    Endpoint {
        schema_version: 1,
        label: LABEL,
        message: message(certificate),
        color: COLOUR,
    }
}

pub(super) fn svg(certificate: &Certificate) -> String {
    let message = message(certificate);
    let width = |text: &str| text.chars().count() * CHARACTER + MARGIN;
    let (left, right) = (width(LABEL), width(&message));
    let (all, left_middle, right_middle) = (left + right, left / 2, left + right / 2);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" role="img" aria-label="{LABEL}: {message}">
<title>{LABEL}: {message}</title>
<rect width="{left}" height="20" fill="#444"/>
<rect x="{left}" width="{right}" height="20" fill="{COLOUR}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{left_middle}" y="14">{LABEL}</text>
<text x="{right_middle}" y="14">{message}</text>
</g>
</svg>"##
    )
}

/// Of letters, digits, dots, commas and hyphens alone: nothing in it is to be escaped.
fn message(certificate: &Certificate) -> String {
    let version = certificate.suite.version.as_deref().unwrap_or_default();
    let version: String = version
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        .collect();
    format!("{version} {}", certificate.claims())
        .trim()
        .to_owned()
}
