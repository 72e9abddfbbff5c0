//! The suite and the mutants are compiled into the program: a changed file of them means a new program.

fn main() {
    println!("cargo::rerun-if-changed=specs");
    println!("cargo::rerun-if-changed=mutants");
    println!("cargo::rerun-if-changed=schemas");
}
