//! What can be wrong with a contract.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Clause, ClauseOrigin, Contract, Effect, Operation, Role, is_path};
use crate::diagnostic::{Diagnostic, Located, Source, did_you_mean, did_you_mean_or};

impl Contract {
    /// What would send a call elsewhere, or nowhere.
    pub(super) fn uncallable(&self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let mut roles = Vec::new();
        for role in self.operations.values().filter_map(|one| one.role.as_ref()) {
            if roles.contains(&role.value) {
                let message = format!("two operations have the role `{}`", role.value);
                diagnostics
                    .push(Diagnostic::new(source, &role.span, message).help("leave one of them"));
            }
            roles.push(role.value);
        }
        for operation in self.operations.values() {
            let role = operation.role.as_ref();
            let role = role.filter(|role| matches!(role.value, Role::Register | Role::LogIn));
            if let (Some(role), None) = (role, &operation.usual_body) {
                let message = format!("the role `{}` needs a usual body", role.value);
                let help = "add `usual_body`, such as { email: \"{{account.email}}\" }";
                diagnostics.push(Diagnostic::new(source, &role.span, message).help(help));
            }
        }
        let mut mistake = |place: &Located<String>, message: String, help: &str| {
            diagnostics.push(Diagnostic::new(source, &place.span, message).help(help));
        };
        let token = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        for Operation { method, path, .. } in self.operations.values() {
            if !token(method) {
                let message = format!("`{}` is no HTTP method", method.value);
                mistake(method, message, "write GET, POST, DELETE or another one");
            }
            if !is_path(path) {
                let message = format!("`{}` is no path", path.value);
                mistake(path, message, "start it with `/`, without a query");
            }
        }
        if !token(&self.client_header) {
            let message = format!("`{}` is no name of a header", self.client_header.value);
            mistake(
                &self.client_header,
                message,
                "write one such as X-Pionne-Client",
            );
        }
        let production = &self.production;
        if !(production.starts_with("https://") || production.starts_with("http://")) {
            let message = format!("`{}` is no base URL", production.value);
            mistake(production, message, "start it with https:// or http://");
        }
        diagnostics
    }

    pub(super) fn mistakes(&self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let sentences: Vec<_> = self
            .documentation
            .iter()
            .map(|sentence| &sentence.id)
            .collect();
        let clauses: Vec<_> = self.clauses.iter().map(|clause| &clause.id).collect();
        let versions: Vec<_> = self.versions.iter().collect();
        for ids in [sentences, clauses, versions] {
            for (index, id) in ids.iter().enumerate() {
                if ids[..index].iter().any(|other| other.value == id.value) {
                    let message = format!("the id `{}` is used twice", id.value);
                    diagnostics.push(
                        Diagnostic::new(source, &id.span, message).help(
                            "give each sentence, each clause and each release an id of its own",
                        ),
                    );
                }
            }
        }
        for clause in &self.clauses {
            let (missing, help) = match clause.source {
                ClauseOrigin::Standard if clause.standards.is_empty() => (
                    "cites no standard",
                    "name its sections in `standards`: `[ASVS 7.4.1, CWE-613]`",
                ),
                ClauseOrigin::Documented | ClauseOrigin::Implied if clause.sources.is_empty() => (
                    "rests on no sentence",
                    "name the sentences of `documentation` in `sources`",
                ),
                _ => ("", ""),
            };
            if !missing.is_empty() {
                let message = format!("the clause `{}` {missing}", clause.id.value);
                diagnostics.push(Diagnostic::new(source, &clause.id.span, message).help(help));
            }
            for id in &clause.sources {
                if self.sentence(id).is_none() {
                    let known = self
                        .documentation
                        .iter()
                        .map(|sentence| sentence.id.as_str());
                    diagnostics.push(
                        Diagnostic::new(
                            source,
                            &id.span,
                            format!("unknown sentence `{}`", id.value),
                        )
                        .help(did_you_mean(id, known)),
                    );
                }
            }
        }
        diagnostics.extend(self.mistakes_in_versions(source));
        diagnostics.extend(self.mistakes_in_effects(source));
        diagnostics.extend(self.mistakes_in_causes(source));
        for sentence in &self.documentation {
            let covered = self.clauses.iter().any(|clause| {
                clause
                    .sources
                    .iter()
                    .any(|id| id.value == sentence.id.value)
            });
            let message = match (covered, &sentence.excluded) {
                (false, None) => "is neither covered by a clause nor excluded",
                (true, Some(_)) => "is excluded and yet covered by a clause",
                _ => continue,
            };
            diagnostics.push(Diagnostic::new(
                source,
                &sentence.id.span,
                format!("the sentence `{}` {message}", sentence.id.value),
            ));
        }
        diagnostics
    }

    fn mistakes_in_versions(&self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let since = self
            .clauses
            .iter()
            .filter_map(|clause| clause.since.as_ref());
        let known = || self.versions.iter().map(|version| version.as_str());
        let unknown = since.filter(|since| known().all(|known| known != since.as_str()));
        let mistakes = unknown.map(|since| {
            let message = format!("unknown release `{}`", since.value);
            let help = did_you_mean_or(since, known(), "name one of `versions`");
            Diagnostic::new(source, &since.span, message).help(help)
        });
        mistakes.collect()
    }

    /// What an effect names has to be there.
    fn mistakes_in_effects(&self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let effects = self.operations.values();
        let effects = effects.filter_map(|operation| operation.effect.as_ref());
        let look = self.look_around.iter();
        let clauses = effects
            .flat_map(Effect::clauses)
            .chain(look.clone().map(|look| &look.stays_ended));
        let ids = || self.clauses.iter().map(|clause| clause.id.as_str());
        let unknown = clauses.filter(|id| self.clause(id).is_none()).map(|id| {
            let message = format!("unknown clause `{}`", id.value);
            Diagnostic::new(source, &id.span, message).help(did_you_mean(id, ids()))
        });
        let names = || self.operations.keys().map(String::as_str);
        let uncalled = look
            .map(|look| &look.call)
            .filter(|call| !self.operations.contains_key(&call.value));
        let uncalled = uncalled.map(|call| {
            let message = format!("unknown operation `{}`", call.value);
            Diagnostic::new(source, &call.span, message).help(did_you_mean(call, names()))
        });
        unknown.chain(uncalled).collect()
    }

    /// Clauses must be masked by others, no less binding, and not all of them in a circle: one has to be reported.
    fn mistakes_in_causes(&self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let ids = || self.clauses.iter().map(|clause| clause.id.as_str());
        let all = self.clauses.iter();
        let all = all.flat_map(|clause| clause.masked_by.iter().map(move |cause| (clause, cause)));
        let mistakes = all.filter_map(|(clause, id)| {
            let own = &clause.id.value;
            let Some(cause) = self.clause(id) else {
                let message = format!("unknown clause `{}`", id.value);
                let help = did_you_mean(id, ids());
                return Some(Diagnostic::new(source, &id.span, message).help(help));
            };
            let (message, help) = if cause.level > clause.level {
                (
                    format!("`{own}` is masked by `{}`, which is less binding", id.value),
                    "a violation that fails a run must not be hidden by one that does not",
                )
            } else if self.stands_back_for(cause, own, &mut BTreeSet::new()) {
                (
                    format!("`{own}` and `{}` mask one another", id.value),
                    "leave one of them to be reported",
                )
            } else {
                return None;
            };
            Some(Diagnostic::new(source, &id.span, message).help(help))
        });
        mistakes.collect()
    }

    /// Whether `clause` is the one with that id, or is masked by it, if only by way of others.
    fn stands_back_for<'a>(
        &'a self,
        clause: &'a Clause,
        id: &str,
        seen: &mut BTreeSet<&'a str>,
    ) -> bool {
        *clause.id == id
            || seen.insert(&clause.id)
                && clause.masked_by.iter().any(|cause| {
                    let cause = self.clause(cause);
                    cause.is_some_and(|cause| self.stands_back_for(cause, id, seen))
                })
    }
}
