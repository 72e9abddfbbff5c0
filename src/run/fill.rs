//! The calls of a step: its templates, filled in.

use std::iter::repeat_n;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::call::Filled;
use super::plan::Plan;
use super::scope::{Missing, Scope};
use crate::http::{Call, SecretKind, Secrets, ServerClock, Target};
use crate::suite::{Bodies, Expression, JsonTemplate, Step, Template, as_text, fill_json};

/// What the scenarios of a run are filled in and judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) plan: &'a Plan,
    pub(super) target: &'a Target,
    pub(super) secrets: &'a Secrets,
    pub(super) clock: &'a ServerClock,
}

impl Context<'_> {
    /// The calls of a step. What they send of secrets is known from then on.
    pub(super) fn fill(&self, step: &Step, scope: &Scope) -> Result<Filled, Missing> {
        let contract = &self.plan.suite.contract;
        let mut address = match contract.operations.get(&step.operation) {
            Some(operation) => self.target.operation(&step.operation, operation),
            None => return Err(Missing(format!("unknown operation `{}`", step.operation))),
        };
        let mut words = Vec::new();
        for (name, value) in &step.path {
            let value = scope.text(value)?;
            let encoded = utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string();
            address.path = address.path.replace(&format!("{{{name}}}"), &encoded);
            words.push(value);
        }
        let text = |template: &Option<Template>| {
            let text = template.as_ref().map(|template| scope.text(template));
            text.transpose()
        };
        let mut headers: Vec<(String, String)> = Vec::new();
        if let Some(client) = text(&step.client)? {
            headers.push((contract.client_header.to_ascii_lowercase(), client));
        }
        let token = text(&step.token)?;
        if let Some(token) = &token {
            self.secrets.add(SecretKind::Token, token);
            headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        let bodies = self.bodies(step, scope, &mut words)?;
        if bodies.iter().any(Option::is_some) {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        for (name, value) in &step.headers {
            let value = scope.text(value)?;
            headers.retain(|(other, _)| other != name);
            headers.push((name.clone(), value));
        }
        let bodiless = Call {
            operation: step.operation.clone(),
            role: step.role,
            method: address.method,
            url: self.target.base_url.join(&address.path),
            headers,
            body: None,
        };
        let calls = repeat_n(bodiless, bodies.len()).zip(bodies);
        Ok(Filled {
            calls: calls.map(|(call, body)| Call { body, ..call }).collect(),
            token,
            words,
        })
    }

    /// The bodies of the calls that are made at once; one that is nothing where the step has none.
    fn bodies(
        &self,
        step: &Step,
        scope: &Scope,
        words: &mut Vec<String>,
    ) -> Result<Vec<Option<String>>, Missing> {
        let mut json = |template: &JsonTemplate| -> Result<Option<String>, Missing> {
            let mut value_of = |expression: &Expression| scope.value(expression);
            let body = fill_json(template, &mut value_of)?;
            // Made up for this call or not: what stands for a secret in a request is one.
            self.secrets.add_from(&body);
            if let Some(members) = body.as_object() {
                words.extend(members.values().map(|value| as_text(value).into_owned()));
            }
            Ok(Some(body.to_string()))
        };
        match &step.bodies {
            Bodies::None => Ok(vec![None]),
            Bodies::Json(template) => Ok(vec![json(template)?]),
            Bodies::Concurrent(templates) => templates.iter().map(json).collect(),
            Bodies::Raw(template) => Ok(vec![Some(scope.text(template)?)]),
        }
    }
}
