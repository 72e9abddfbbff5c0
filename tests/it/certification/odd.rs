//! Things of the file system that no bundle has, in the place of its files: they are refused at once and not read.
#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use conform::certify::{KeyPair, PublicKey, verify};
use conform::report::RUN_FILES;

use crate::certification::support::{GOOD, STATEMENT, SUITE, Signed};
use crate::support::Memory;

const GIB: u64 = 1024 * 1024 * 1024;

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Puts something in the place of every file, one at a time, and asserts what is said of it.
fn in_every_place(put: impl Fn(&Path), told: &str) {
    let signed = GOOD.small_bundle();
    for name in signed.files() {
        let path = signed.path(&name);
        let good = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        put(&path);
        let wrong = signed.wrong();
        let expected = format!("{name}: {told}");
        assert!(
            wrong.iter().any(|wrong| wrong.contains(&expected)),
            "`{expected}` is not in {wrong:?}"
        );
        fs::remove_file(&path).unwrap();
        fs::write(&path, good).unwrap();
    }
    assert_eq!(signed.wrong(), Vec::<String>::new());
}

#[test]
fn a_pipe_a_socket_and_a_device_hold_nobody_up() {
    let regular = "it is no regular file";
    in_every_place(fifo, regular);
    in_every_place(|path| drop(UnixListener::bind(path).unwrap()), regular);
    in_every_place(|path| symlink("/dev/zero", path).unwrap(), regular);
    let elsewhere = GOOD.small_bundle();
    let good = elsewhere.path("report.json");
    in_every_place(|path| symlink(&good, path).unwrap(), regular);
}

#[test]
fn a_file_beyond_every_bound_is_refused_by_its_length() {
    let put = |path: &Path| File::create(path).unwrap().set_len(3 * GIB).unwrap();
    in_every_place(put, "it has more than");
}

/// What checking a bundle takes at most, in KiB, in a process of its own.
fn peak_of(signed: &Signed, code: i32) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_conform"))
        .arg("verify")
        .arg(&signed.folder)
        .arg("--key")
        .arg(signed.beside().join("vendor.pub.pem"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let memory = Memory::of(child.id());
    assert_eq!(child.wait().unwrap().code(), Some(code));
    memory.peak()
}

#[test]
fn a_file_beyond_every_bound_takes_no_memory() {
    let signed = GOOD.bundle();
    let usual = peak_of(&signed, 0);
    for name in signed.files() {
        let path = signed.path(&name);
        let good = fs::read(&path).unwrap();
        File::create(&path).unwrap().set_len(3 * GIB).unwrap();
        let peak = peak_of(&signed, 1);
        assert!(peak <= usual + 4 * 1024, "{name}: {peak} KiB, {usual} KiB");
        fs::write(&path, good).unwrap();
    }
}

#[test]
fn a_folder_in_the_place_of_a_file_and_a_file_in_that_of_a_folder_are_told() {
    let signed = GOOD.bundle();
    for name in ["report.html", STATEMENT] {
        let path = signed.path(name);
        let good = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let wrong = signed.wrong();
        assert!(
            wrong.iter().any(|wrong| wrong.contains(name)),
            "{name}: {wrong:?}"
        );
        fs::remove_dir(&path).unwrap();
        fs::write(&path, good).unwrap();
    }
    for put in [fifo, |path: &Path| {
        symlink(path.parent().unwrap(), path).unwrap();
    }] {
        let signed = GOOD.bundle();
        fs::remove_dir_all(signed.path("repeat")).unwrap();
        put(&signed.path("repeat"));
        let wrong = signed.wrong();
        let missing = wrong.iter().filter(|wrong| wrong.contains("is missing"));
        assert_eq!(missing.count(), RUN_FILES.len(), "{wrong:?}");
        let added = "\"repeat\" was added: a bundle has no such file".to_owned();
        assert!(wrong.contains(&added), "{wrong:?}");
    }
}

#[test]
fn what_is_no_folder_is_no_bundle() {
    let signed = GOOD.bundle();
    let pipe = signed.beside().join("pipe");
    fifo(&pipe);
    for path in [
        pipe,
        signed.path(STATEMENT),
        signed.path("none"),
        "/dev/zero".into(),
    ] {
        let error = verify(&path, &signed.key, &SUITE).unwrap_err().to_string();
        assert!(error.contains("name the folder of a bundle"), "{error}");
    }
    // The user names the folder, by a link as well as by its own name.
    let link = signed.beside().join("link");
    symlink(&signed.folder, &link).unwrap();
    assert!(verify(&link, &signed.key, &SUITE).unwrap().is_good());
}

#[test]
fn a_folder_of_very_many_files_is_refused_before_all_of_them_are_named() {
    let signed = GOOD.small_bundle();
    for number in 0..500 {
        fs::write(signed.path(&format!("{number}.txt")), "").unwrap();
    }
    let error = verify(&signed.folder, &signed.key, &SUITE).unwrap_err();
    assert!(error.to_string().contains("it holds more than"), "{error}");
}

#[test]
fn a_key_file_with_more_than_one_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pairs = ["one", "two"].map(|name| {
        let [private, public] = KeyPair::generate(&folder.path().join(name)).unwrap();
        [private, public].map(|path| fs::read_to_string(path).unwrap())
    });
    let [[private, public], [other_private, other_public]] = &pairs;
    let path = folder.path().join("key.pem");
    for text in [
        private.clone() + other_private,
        public.clone() + other_public,
        private.clone() + private,
        public.clone() + public,
        private.clone() + public,
        format!("{public}some text\n{other_private}"),
        public.replace("-----END PUBLIC KEY-----\n", "") + other_public,
    ] {
        fs::write(&path, &text).unwrap();
        for error in [
            KeyPair::read(&path).unwrap_err(),
            PublicKey::read(&path).unwrap_err(),
        ] {
            let error = error.to_string();
            assert!(error.contains("holds 2 keys or other blocks"), "{error}");
        }
    }
    // What `openssl pkey -text_pub` writes around a key is no second one.
    fs::write(&path, format!("ED25519 Public-Key:\n{public}\n")).unwrap();
    assert!(PublicKey::read(&path).is_ok());
    fs::remove_file(&path).unwrap();
    fifo(&path);
    assert!(KeyPair::read(&path).is_err());
    assert!(PublicKey::read(&path).is_err());
}
