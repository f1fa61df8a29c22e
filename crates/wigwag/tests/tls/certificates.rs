//! An authority and what it has signed. Every test has files of its own:
//!
//! | file | what |
//! |---|---|
//! | `authority.pem`, `authority.der` | whom one trusts |
//! | `server.pem`, `server.der`, with `server.key`, `server.key.der` | for `wig.local`, 127.0.0.1 |
//! | `client.pem`, `client.key` | a client's |
//! | `expired.pem`, `future.pem`, each with its `.key` | for `wig.local`, but not now |
//! | `plain.pem`, `plain.key` | vouches for itself, and names `wig.local` as its common name only |
//! | `stranger.pem`, `stranger.key` | for `wig.local`, signed by somebody else |

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};

fn write(place: &Path, name: &str, contents: impl AsRef<[u8]>) {
    fs::write(place.join(name), contents).expect("a file");
}

fn named(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| String::from(*name)).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2120, 1, 1));
    params
}

fn authority(name: &str) -> (CertificateParams, KeyPair) {
    let mut params = named(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (params, KeyPair::generate().expect("a key"))
}

fn sign(place: &Path, name: &str, params: CertificateParams, issuer: &Issuer<'_, KeyPair>) {
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    write(place, &format!("{name}.pem"), certificate.pem());
    write(place, &format!("{name}.der"), certificate.der());
    write(place, &format!("{name}.key"), key.serialize_pem());
    write(place, &format!("{name}.key.der"), key.serialize_der());
}

/// A directory of a test's own with all of them.
pub fn directory(test: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tls").join(test);
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("a temporary directory");

    let (params, key) = authority("Authority");
    let certificate = params.self_signed(&key).expect("a certificate");
    write(&place, "authority.pem", certificate.pem());
    write(&place, "authority.der", certificate.der());
    let issuer = Issuer::new(params, key);
    let names = ["wig.local", "127.0.0.1"];
    sign(&place, "server", named("Server", &names), &issuer);
    sign(&place, "client", named("Client", &[]), &issuer);
    let mut expired = named("Server", &names);
    expired.not_after = date_time_ymd(2021, 1, 1);
    sign(&place, "expired", expired, &issuer);
    let mut future = named("Server", &names);
    future.not_before = date_time_ymd(2119, 1, 1);
    sign(&place, "future", future, &issuer);

    let (params, key) = authority("Stranger");
    sign(&place, "stranger", named("Server", &names), &Issuer::new(params, key));

    let (params, key) = authority("wig.local");
    let certificate = params.self_signed(&key).expect("a certificate");
    write(&place, "plain.pem", certificate.pem());
    write(&place, "plain.key", key.serialize_pem());
    place
}
