//! All trials of a suite in this process: the control, then mutants, variants and wrong answers side by side.

use std::future::Future;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::answers::{AnswerMutant, examine};
use super::complaints::{VariantFinding, try_variants};
use super::control::{ControlError, control};
use super::matrix::{Finding, try_mutant};
use super::mutants::{Mutant, MutantsError, mutants};
use super::pairs::paired_variants;
use super::trial::{TrialError, record_reference};
use super::variant::Variant;
use super::variants::variants;
use crate::run::Selection;
use crate::suite::Suite;

/// So many trials at a time for each processor: a trial spends most of its time waiting for the next second. With many
/// more, calls would wait for so long that a server takes their connections for abandoned.
const AT_A_TIME: usize = 32;

/// What is tried.
#[derive(Debug)]
pub struct Campaign {
    suite: Arc<Suite>,
    mutants: Vec<Mutant>,
    servers: Vec<Vec<&'static Variant>>,
    answers: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Findings {
    /// A finding a mutant of behaviour, by feature.
    pub behaviour: Vec<Finding>,
    /// A finding a server that conforms: each variant alone, then every pair of them.
    pub variants: Vec<VariantFinding>,
    /// Every wrong answer, by operation.
    pub answers: Vec<AnswerMutant>,
}

impl Campaign {
    /// Everything that concerns the clauses of `suite`.
    ///
    /// # Errors
    /// Mistakes in the mutants.
    pub fn whole(suite: &Arc<Suite>) -> Result<Self, MutantsError> {
        let alone = variants().map(|variant| vec![variant]);
        Ok(Self {
            servers: alone.chain(paired_variants()).collect(),
            answers: true,
            ..Self::of(suite, "")?
        })
    }

    /// Only the mutants of behaviour whose id or clause contains this text. There may be none.
    ///
    /// # Errors
    /// Mistakes in the mutants.
    pub fn of(suite: &Arc<Suite>, filter: &str) -> Result<Self, MutantsError> {
        let mut mutants = mutants(suite)?;
        mutants.retain(|one| one.id.contains(filter) || one.clause.contains(filter));
        Ok(Self {
            suite: Arc::clone(suite),
            mutants,
            servers: Vec::new(),
            answers: false,
        })
    }

    /// Whether there is nothing to try.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many trials there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.mutants.len() + self.servers.len() + usize::from(self.answers)
    }

    /// Tries everything, and calls `done` after each trial.
    ///
    /// # Errors
    /// The control failed, or the first trial that could not be made.
    pub async fn run(&self, done: impl Fn()) -> Result<Findings, ControlError> {
        Box::pin(control(&self.suite)).await?;
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let places = Arc::new(Semaphore::new(AT_A_TIME * processors));
        let suite = || Arc::clone(&self.suite);
        let answers = self.answers.then(|| {
            let suite = suite();
            async move {
                let recording = record_reference(&suite, &Selection::everything()).await?;
                Ok(examine(&suite, &recording).await)
            }
        });
        let behaviour = self.mutants.iter().cloned().map(|mutant| {
            let suite = suite();
            async move { Box::pin(try_mutant(&suite, mutant)).await }
        });
        let variants = self.servers.iter().cloned().map(|variants| {
            let suite = suite();
            async move { try_variants(&suite, &variants).await }
        });
        // Servers that throttle take longest: they begin first.
        let (variants, answers, behaviour) = tokio::try_join!(
            all(&places, variants, &done),
            all(&places, answers, &done),
            all(&places, behaviour, &done),
        )?;
        Ok(Findings {
            behaviour,
            variants,
            answers: answers.into_iter().flatten().collect(),
        })
    }
}

/// Makes these trials while there are places. The findings have the order of the trials.
async fn all<T, F>(
    places: &Arc<Semaphore>,
    trials: impl IntoIterator<Item = F>,
    done: &impl Fn(),
) -> Result<Vec<T>, TrialError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, TrialError>> + Send + 'static,
{
    let mut under_way = JoinSet::new();
    for (position, trial) in trials.into_iter().enumerate() {
        let places = Arc::clone(places);
        under_way.spawn(async move {
            // Nobody closes the semaphore; were it closed, all would be tried at once.
            let _place = places.acquire_owned().await.ok();
            (position, trial.await)
        });
    }
    let mut findings = Vec::new();
    while let Some(ended) = under_way.join_next().await {
        let (position, finding) = ended.map_err(|_| TrialError::Interrupted)?;
        findings.push((position, finding?));
        done();
    }
    findings.sort_by_key(|(position, _)| *position);
    Ok(findings.into_iter().map(|(_, finding)| finding).collect())
}
