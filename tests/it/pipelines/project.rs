//! A repository with a server of its own, as the examples suppose it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{PROGRAM, Reference, Served};

/// Where the examples suppose the server.
const SUPPOSED: &str = "http://127.0.0.1:8000";
/// What CI systems set, and what the program reads.
const FOREIGN: [&str; 8] = [
    "CONFORM_BASE_URL",
    "GITHUB_ACTIONS",
    "GITHUB_ENV",
    "GITHUB_OUTPUT",
    "GITHUB_PATH",
    "GITHUB_STEP_SUMMARY",
    "RUNNER_OS",
    "RUNNER_TEMP",
];

pub enum Server {
    Conforming(Served),
    /// Its logout answers 200 in place of 204.
    Broken(Reference),
}

pub struct Project {
    folder: TempDir,
    server: Server,
}

/// How a script ended, and all that it printed.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub output: String,
}

impl Project {
    pub fn conforming() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("server.sqlite");
        let served = Served::start([Path::new("--db"), database.as_path()]);
        Self::with(folder, Server::Conforming(served))
    }

    pub fn broken() -> Self {
        Self::with(tempfile::tempdir().unwrap(), broken())
    }

    fn with(folder: TempDir, server: Server) -> Self {
        let project = Self { folder, server };
        let database = project.path("server.sqlite");
        project.script("start-server.sh", "echo started >started");
        project.script(
            "provision.sh",
            &format!(
                "exec {PROGRAM} serve --provision-account --db {}",
                database.display()
            ),
        );
        project.describe_server();
        project
    }

    /// The same repository, from now on with a server that is broken.
    pub fn break_server(&mut self) {
        self.server = broken();
        self.describe_server();
    }

    fn describe_server(&self) {
        let target = format!(
            "base_url: {}\naccounts: {{ provision: ./provision.sh }}\n",
            self.base_url()
        );
        fs::write(self.path("staging.yaml"), target).unwrap();
    }

    pub fn base_url(&self) -> &str {
        match &self.server {
            Server::Conforming(served) => &served.base_url,
            Server::Broken(reference) => reference.base_url(),
        }
    }

    /// An example, with the address of this server.
    pub fn adapted(&self, example: &str) -> String {
        example.replace(SUPPOSED, self.base_url())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a script that can be run.
    pub fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The folder of the program alone, for a PATH.
    pub fn installed(&self) -> PathBuf {
        let folder = self.path("installed");
        install(Path::new(PROGRAM), &folder);
        folder
    }

    /// A command in this folder, with these folders first on its PATH.
    pub fn command(&self, program: &str, first: &[PathBuf]) -> Command {
        let path = std::env::var_os("PATH").unwrap();
        let folders = first.iter().cloned().chain(std::env::split_paths(&path));
        let mut command = Command::new(program);
        for name in FOREIGN {
            command.env_remove(name);
        }
        command
            .current_dir(self.folder.path())
            .env("PATH", std::env::join_paths(folders).unwrap())
            .stdin(Stdio::null());
        command
    }
}

fn broken() -> Server {
    Server::Broken(Reference::replacing("POST", "/api/auth/logout", 200, "{}"))
}

/// Puts a program into a folder, under the name of the real one.
pub fn install(program: &Path, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let place = folder.join("conform");
    if !place.exists() {
        symlink(program, place).unwrap();
    }
}

pub fn ended(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Ended {
        code: output.status.code().unwrap(),
        output: String::from_utf8(text).unwrap(),
    }
}
