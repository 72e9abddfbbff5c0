//! All tests but `conformance`, in one binary: a module for each part of the program, and what they share in `support`.

mod answer_mutants;
mod architecture;
mod canary;
mod certification;
mod cli;
mod hostile;
mod load;
mod mutants;
#[cfg(unix)]
mod pipelines;
mod properties;
mod reference_api;
mod reports;
mod run;
mod schemas;
mod suite;
mod support;
mod variants;
