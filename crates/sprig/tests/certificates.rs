//! Compares certificates with the bytes that Go's `crypto/x509` makes of the same keys, clock and serial number
//! (`data/certificates.go` made `data/certificates.pem`).

use std::any::Any;
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use gostd::Value;
use gotemplate::Set;
use sprig::Host;

const KEYS: &str = include_str!("data/certificates-keys.pem");
const WANT: &str = include_str!("data/certificates.pem");

/// 2030-01-02 03:04:05 UTC.
const NOW: Duration = Duration::from_secs(1_893_553_445);

fn host() -> Host {
    let random = |buffer: &mut [u8]| {
        buffer.fill(0xA5);
        Ok(())
    };
    Host::new(|| UNIX_EPOCH + NOW, random, |_| Vec::new())
}

fn data() -> Value {
    let end = "-----END RSA PRIVATE KEY-----\n";
    let mut keys = KEYS.split_inclusive(end);
    let names = ["rsa", "small", "ed"];
    Value::map(names.iter().map(|name| ((*name).into(), Value::from(keys.next().expect("a key")))).collect())
}

fn render(template: &str) -> String {
    let mut set = Set::new(&[sprig::FUNCS]);
    set.parse("c", template).expect("a template");
    let extensions: Vec<Rc<dyn Any>> = vec![Rc::new(host())];
    let out = set.execute("c", &data(), extensions).expect("no error");
    String::from_utf8(out).expect("text")
}

#[test]
fn certificates_are_as_go_makes_them() {
    let got = render(
        r#"
{{- $ca := genCAWithKey "ca" 10 .rsa }}{{ $ca.Cert }}
{{- $edCA := genCAWithKey "ca & sons*" 36500 .ed }}{{ $edCA.Cert }}
{{- (genCAWithKey "small" -10 .small).Cert }}
{{- (genSignedCertWithKey "leaf.example" (list "10.0.0.1" "fe80::1" "::ffff:1.2.3.4") (list "a.b" "*.c") 30 $ca .ed).Cert }}
{{- (genSignedCertWithKey "" nil (list "only.name") 1 $edCA .rsa).Cert }}
{{- (genSignedCertWithKey "ca" nil nil 1 $ca .small).Cert }}
{{- (genSelfSignedCertWithKey "日本" nil nil 0 .ed).Cert }}
{{- (genSelfSignedCertWithKey "long" nil nil 106752 .ed).Cert }}"#,
    );
    let blocks = |text: &str| text.split_inclusive("-----END CERTIFICATE-----\n").map(String::from).collect::<Vec<_>>();
    let (got, want) = (blocks(&got), blocks(WANT));
    for (i, (got, want)) in got.iter().zip(&want).enumerate() {
        assert_eq!(got, want, "certificate {i}");
    }
    assert_eq!(got.len(), want.len());
}

#[test]
fn keys_keep_their_form() {
    let template = r#"{{ range list .rsa .small .ed }}{{ eq (genCAWithKey "c" 1 .).Key . }} {{ end }}"#;
    assert_eq!(render(template), "true true true ");
}
