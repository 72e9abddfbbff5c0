//! The suite is compiled into the program: a changed file of it means a new program.

fn main() {
    println!("cargo::rerun-if-changed=specs");
    println!("cargo::rerun-if-changed=schemas");
}
