//! A suite in a folder of its own: a small good one, to be made wrong in one thing.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

const CONTRACT: &str = r#"title: API Auth
client_header: X-Pionne-Client
production: https://api.pionne.app
operations:
  register: { method: POST, path: /api/auth/register, known: documented, role: register, throttled: true, usual_body: { email: "{{account.email}}", password: "{{account.password}}", name: "{{account.name}}" } }
  login: { method: POST, path: /api/auth/login, known: documented, role: log-in, throttled: true, usual_body: { email: "{{account.email}}", password: "{{account.password}}" } }
  me: { method: GET, path: /api/auth/me, known: documented, role: describe-caller }
  logout: { method: POST, path: /api/auth/logout, known: documented, role: log-out }
  list-tokens: { method: GET, path: /api/auth/tokens, known: assumed, role: list-sessions }
  revoke-token: { method: DELETE, path: "/api/auth/tokens/{id}", known: assumed, role: end-session }
documentation:
  - id: me.says
    section: Current user
    says: the answer describes the current user
  - id: logout.says
    section: Log out
    says: there is no body
clauses:
  - id: me.describes
    level: must
    profile: core
    source: documented
    sources: [me.says]
    text: The answer describes the current user.
  - id: logout.no-content
    level: must
    profile: sessions
    source: documented
    sources: [logout.says]
    text: Logging out answers 204 without a body.
"#;

pub const GOOD_SCENARIO: &str = r#"title: the current user is described
accounts: { jane: {} }
steps:
  - call: me
    token: "{{jane.token}}"
    expect: { status: 200, schema: user }
    verifies: [me.describes]
"#;

pub const LOGOUT_SCENARIO: &str = r#"title: logging out answers without a body
accounts: { jane: {} }
steps:
  - call: logout
    token: "{{jane.token}}"
    expect:
      - { status: 204, body: empty, verifies: [logout.no-content] }
"#;

const SCHEMA: &str = r#"{ "type": "object", "required": ["email"] }
"#;

pub struct Suite {
    folder: TempDir,
}

/// A contract, the scenarios `account/me` and `account/logout`, and the schema `user`: nothing is wrong with it.
pub fn suite() -> Suite {
    let folder = tempfile::tempdir().unwrap();
    let suite = Suite { folder };
    suite
        .with("specs/contract.yaml", CONTRACT)
        .with("specs/account/me.yaml", GOOD_SCENARIO)
        .with("specs/account/logout.yaml", LOGOUT_SCENARIO)
        .with("schemas/user.json", SCHEMA)
}

impl Suite {
    /// With this file, in place of the one that may be there.
    pub fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// With the one place in this file that reads `sources` replaced.
    #[track_caller]
    pub fn changed(self, path: &str, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(self.folder.path().join(path)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {path}");
        self.with(path, text.replace(from, to))
    }

    pub fn without(self, path: &str) -> Self {
        fs::remove_file(self.folder.path().join(path)).unwrap();
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}
