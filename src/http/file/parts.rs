//! The parts of a target file, read one by one.

use super::description::{Accounts, Certification, Description};
use super::reader::Reader;
use super::written::{
    AccountsFile, CapabilitiesFile, CertificationFile, TargetFile, TlsFile, WaiverFile,
};
use crate::diagnostic::{Located, did_you_mean_or};
use crate::http::{
    BaseUrl, ClientCertificate, DeclaredLimit, LimitedCalls, ProxyAddress, Target, Waiver,
    email_domain,
};
use crate::suite;

impl Reader<'_> {
    pub(super) fn description(&mut self, file: &TargetFile, base_url: BaseUrl) -> Description {
        let mut target = Target::new(base_url);
        self.operations(file, &mut target);
        self.headers(file, &mut target);
        self.tls(&file.tls, &mut target);
        self.capabilities(&file.capabilities, &mut target);
        target.proxy = self.secret(&file.proxy, ProxyAddress::parse);
        if let Some(timeout) = self.parsed(&file.timeout, suite::positive_duration) {
            target.timeout = timeout;
        }
        target.max_wait = self.parsed(&file.max_wait, suite::duration);
        target.max_time = self.parsed(&file.max_time, suite::positive_duration);
        target.clock_offset = file.clock_offset;
        let hosts = file.production.iter();
        target.production = hosts
            .filter_map(|host| self.parsed(host, BaseUrl::of_host))
            .collect();
        let accounts = file.accounts.as_ref();
        let plain = accounts.and_then(|accounts| accounts.plain.as_ref());
        let mut described = Description {
            email_domain: self.parsed(&file.email_domain, email_domain),
            plain_accounts: self.secret(plain, str::parse::<String>),
            accounts: accounts.map_or(Accounts::Unsaid, |accounts| self.accounts(accounts)),
            cleanup: self.secret(&file.cleanup, str::parse::<String>),
            certification: self.certification(&file.certification),
            waivers: self.waivers(&file.waivers),
            target,
        };
        described.target.secrets = std::mem::take(&mut self.secrets);
        described
    }

    fn operations(&mut self, file: &TargetFile, target: &mut Target) {
        for (name, address) in &file.operations {
            if self.is_operation(name, address)
                && let Some(text) = self.text(address)
                && let Err(error) = target.place_operation(name, &text, self.contract)
            {
                self.mistake(address, &error.to_string(), "");
            }
        }
    }

    fn headers(&mut self, file: &TargetFile, target: &mut Target) {
        for (name, value) in &file.headers {
            if let Some(text) = self.secret(value, str::parse::<String>)
                && let Err(error) = target.set_header(name, &text, self.contract)
            {
                self.mistake(value, &error.to_string(), "");
            }
        }
    }

    fn tls(&mut self, tls: &TlsFile, target: &mut Target) {
        target.insecure = tls.insecure;
        target.ca_file = self.path(&tls.ca);
        let (certificate, key) = (self.path(&tls.certificate), self.path(&tls.key));
        match (&tls.certificate, &tls.key) {
            (Some(alone), None) => self.mistake(alone, "the certificate has no key", "add `key`"),
            (None, Some(alone)) => {
                self.mistake(alone, "the key has no certificate", "add `certificate`");
            }
            _ => {}
        }
        let both = certificate.zip(key);
        target.client_certificate =
            both.map(|(certificate, key)| ClientCertificate { certificate, key });
    }

    fn capabilities(&mut self, capabilities: &CapabilitiesFile, target: &mut Target) {
        target.second_factor = capabilities.second_factor;
        for (name, limit) in &capabilities.rate_limits {
            let calls = LimitedCalls::named(name);
            let is_operation = matches!(calls, LimitedCalls::Operation(_));
            let known = !is_operation || self.is_operation(name, limit);
            let limit = self.parsed(limit, |text| DeclaredLimit::parse(calls, text));
            target.rate_limits.extend(limit.filter(|_| known));
        }
        if let Some(most) = &capabilities.max_attempts {
            if most.value == 0 {
                let message = "no attempt at all verifies nothing";
                self.mistake(most, message, "write a number from 1 on");
            }
            target.max_attempts = Some(most.value);
        }
    }

    fn accounts(&mut self, accounts: &AccountsFile) -> Accounts {
        match (&accounts.provision, &accounts.totp_account) {
            (Some(_), Some(second)) => {
                let message =
                    "accounts come from one source: a command, or a file with one account";
                self.mistake(second, message, "leave out `provision` or `totp_account`");
                Accounts::Unsaid
            }
            (Some(command), None) => self
                .secret(command, str::parse::<String>)
                .map_or(Accounts::Unsaid, Accounts::Provision),
            (None, file) => self.path(file).map_or(Accounts::Unsaid, Accounts::File),
        }
    }

    fn certification(&mut self, written: &CertificationFile) -> Certification {
        Certification {
            vendor: self.text(&written.vendor),
            product: self.text(&written.product),
            version: self.text(&written.version),
            subject: self.text(&written.subject),
        }
    }

    fn waivers(&mut self, waivers: &[WaiverFile]) -> Vec<Waiver> {
        let mut read: Vec<Waiver> = Vec::new();
        for waiver in waivers {
            let (clause, reason) = (self.text(&waiver.clause), self.text(&waiver.reason));
            let until = self.parsed(&waiver.until, date);
            let (Some(clause), Some(reason), Some(until)) = (clause, reason, until) else {
                continue;
            };
            if reason.trim().is_empty() {
                let help = "say why the violation is forgiven, for those who read the report";
                self.mistake(&waiver.reason, "the waiver has no reason", help);
            }
            if read.iter().any(|other| other.clause == clause) {
                let message = format!("the clause `{clause}` is waived twice");
                self.mistake(&waiver.clause, &message, "leave one of the waivers");
            }
            read.push(Waiver {
                clause,
                reason,
                until,
            });
        }
        read
    }

    fn is_operation(&mut self, name: &str, place: &Located<String>) -> bool {
        let known = self.contract.operations.contains_key(name);
        if !known {
            let names = self.contract.operations.keys().map(String::as_str);
            let all = names.clone().collect::<Vec<_>>().join(", ");
            let help = did_you_mean_or(name, names, &format!("it has {all}"));
            let message = format!("the contract has no operation `{name}`");
            self.mistake(place, &message, &help);
        }
        known
    }
}

fn date(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no day: write one such as 2026-12-31"))
}
