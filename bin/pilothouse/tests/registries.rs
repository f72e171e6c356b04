//! The whole program with a real registry: `search oci`, and what is typed at a terminal.

use std::path::Path;
use std::process::{Command, Output};

use peers::certificates::Certificates;
use peers::registry::{Access, Line, Registry};

/// A folder with charts that the real helm packed.
struct Place {
    folder: tempfile::TempDir,
}

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 0.0.1\ndescription: Sells what a shop sells, and some things that it does not sell\n";

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("shop")).expect("a folder");
        std::fs::write(folder.path().join("shop/Chart.yaml"), CHART).expect("a file");
        Place { folder }
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("HOME", self.folder.path());
        command.output().expect("the program starts")
    }

    fn ours(&self, arguments: &[&str]) -> Output {
        self.run(Path::new(env!("CARGO_BIN_EXE_pilothouse")), arguments)
    }

    /// Packs versions, and pushes them.
    fn push(&self, registry: &Registry, versions: &[&str]) {
        let helm = testbed::helm().expect("the real helm");
        for version in versions {
            let app = format!("app-{version}");
            let packed = self.run(&helm, &["package", "shop", "--version", version, "--app-version", &app]);
            assert!(packed.status.success(), "{packed:?}");
            let remote = format!("oci://{}/charts", registry.host());
            let pushed = self.ours(&["push", &format!("shop-{version}.tgz"), &remote, "--plain-http"]);
            assert!(pushed.status.success(), "{pushed:?}");
        }
    }

    /// What `search oci` prints: stdout, and stderr.
    fn search(&self, registry: &Registry, arguments: &str) -> (String, String) {
        let reference = format!("oci://{}/charts/shop", registry.host());
        let mut all = vec!["search", "oci", &reference, "--plain-http"];
        all.extend(arguments.split_whitespace());
        let output = self.ours(&all);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(registry.host(), "HOST");
        (text(&output.stdout), text(&output.stderr))
    }
}

#[test]
fn the_versions_of_a_chart_are_listed() {
    let (registry, place) = (Registry::start(Access::Everybody), Place::new());
    place.push(&registry, &["1.2.0", "1.10.0", "2.0.0-rc.1", "1.3.0+build.1"]);
    let row = |version: &str, width: usize| {
        let app = format!("app-{version}");
        let padded = format!("{version:<13}\t{app:<width$}");
        format!("oci://HOST/charts/shop\t{padded}\tSells what a shop sells, and some things that i...\n")
    };
    let name = format!("oci://{}/charts/shop", registry.host()).len();
    let head =
        |width: usize| format!("{:<name$}\tCHART VERSION\t{:<width$}\t{:<50}\n", "NAME", "APP VERSION", "DESCRIPTION");
    let all = format!("{}{}{}{}", head(17), row("1.10.0", 17), row("1.3.0+build.1", 17), row("1.2.0", 17));
    assert_eq!(place.search(&registry, ""), (all, String::new()));
    let page = format!("{}{}", head(11), row("1.10.0", 11));
    let more = "level=INFO msg=\"there are more versions\" shown=1-1 of=3 \"next page\"=2\n";
    assert_eq!(place.search(&registry, "--limit 1"), (page, more.to_owned()));
    let page = format!("{}{}", head(11), row("1.2.0", 11));
    assert_eq!(place.search(&registry, "--limit 1 --page 3"), (page, String::new()));
    assert_eq!(place.search(&registry, "--page 9").0, "No results found\n");
    assert_eq!(place.search(&registry, "--version ^9").0, "No results found\n");
    let (json, _) = place.search(&registry, "--version >1.9-0 --devel -o json");
    assert!(json.starts_with(
        "[{\"name\":\"oci://HOST/charts/shop\",\"version\":\"2.0.0-rc.1\",\"app_version\":\"app-2.0.0-rc.1\","
    ));
    assert!(
        json.contains("\"tag\":\"1.10.0\",\"digest\":\"sha256:")
            && json.contains("\"org.opencontainers.image.title\":\"shop\"")
    );
    assert_eq!(place.search(&registry, "--page 9 -o yaml").0, "[]\n");
    let (_, error) = place.search(&registry, "--version nonsense");
    assert!(error.starts_with("Error: an invalid version/constraint format: improper constraint: "));
    let reference = format!("oci://{}/charts/shop", registry.host());
    let https = place.ours(&["search", "oci", &reference, "--explain"]);
    let errors = String::from_utf8_lossy(&https.stderr).replace(registry.host(), "HOST");
    assert!(errors.ends_with("\n\nHOST speaks plain HTTP; to go without encryption, add --plain-http\n"), "{errors}");
}

#[test]
fn the_charts_of_a_namespace_are_listed() {
    let (registry, place) = (Registry::start(Access::Everybody), Place::new());
    place.push(&registry, &["1.2.0", "1.10.0", "2.0.0-rc.1"]);
    for namespace in ["charts/deep", "other"] {
        let remote = format!("oci://{}/{namespace}", registry.host());
        let pushed = place.ours(&["push", "shop-1.2.0.tgz", &remote, "--plain-http"]);
        assert!(pushed.status.success(), "{pushed:?}");
    }
    let search = |namespace: &str, arguments: &str| {
        let reference = format!("oci://{}{namespace}", registry.host());
        let mut all = vec!["search", "oci", &reference, "--plain-http"];
        all.extend(arguments.split_whitespace());
        let output = place.ours(&all);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(registry.host(), "HOST");
        (text(&output.stdout), text(&output.stderr))
    };
    let found = |namespace: &str, arguments: &str| {
        let (out, err) = search(namespace, arguments);
        let rows = out.lines().skip(1).map(|row| {
            let mut cells = row.split('\t').map(str::trim);
            format!("{} {}", cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
        });
        (rows.collect::<Vec<String>>().join(", "), err)
    };
    let (shop, deep, other) = ("oci://HOST/charts/shop", "oci://HOST/charts/deep/shop", "oci://HOST/other/shop");
    let below = format!("{deep} 1.2.0, {shop} 1.10.0");
    for namespace in ["/charts", "/charts/"] {
        assert_eq!(found(namespace, ""), (below.clone(), String::new()), "{namespace}");
    }
    for all in ["", "/"] {
        assert_eq!(found(all, ""), (format!("{below}, {other} 1.2.0"), String::new()), "{all}");
    }
    assert_eq!(found("/charts", "--devel").0, format!("{deep} 1.2.0, {shop} 2.0.0-rc.1"));
    assert_eq!(found("/charts", "--version ~1.10").0, format!("{shop} 1.10.0"));
    let more = "level=INFO msg=\"there are more repositories\" shown=2-2 of=3 \"next page\"=3\n";
    assert_eq!(found("/", "--limit 1 --page 2"), (format!("{shop} 1.10.0"), more.to_owned()));
    assert!(
        search("/charts/", "-o json")
            .0
            .starts_with("[{\"name\":\"oci://HOST/charts/deep/shop\",\"version\":\"1.2.0\",")
    );
    // A chart is a chart, and what is nothing is what the registry says of it.
    assert_eq!(found("/other/shop", "").0, format!("{other} 1.2.0"));
    let (out, err) = search("/nothing", "");
    assert!(out.is_empty() && err.contains("name unknown"), "{err}");
    assert_eq!(search("/nothing/", ""), ("No results found\n".to_owned(), String::new()));
    let (_, err) = search("/UPPER/", "");
    assert!(err.contains("invalid repository"), "{err}");
}

#[test]
fn a_registry_that_does_not_list_its_repositories_says_so() {
    let answers = [
        (
            401,
            "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}",
            "unauthorized: authentication required",
        ),
        (404, "404 page not found\n", "Not Found"),
        (405, "", "Method Not Allowed"),
    ];
    for (status, body, said) in answers {
        let server = peers::wire::Server::start(move |_| peers::wire::Answer::new(status, body));
        let place = Place::new();
        let output = place.ours(&["search", "oci", &format!("oci://{}/charts/", server.host()), "--plain-http"]);
        let host = server.host();
        let text = format!(
            "Error: {host} does not list its repositories: GET \"http://{host}/v2/_catalog?n=1000\": response status code {status}: {said}; name a chart: helm search oci oci://HOST/PATH/CHART\n"
        );
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()), (Some(1), text));
    }
}

/// Logs in at a terminal, where what is asked for is typed; returns all that stood there.
#[cfg(unix)]
fn typed_login(place: &Place, program: &Path, registry: &Registry, typed: [&str; 2]) -> String {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::LocalModes;
    use std::io::{Read, Write};
    use std::time::Duration;
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("access");
    unlockpt(&terminal).expect("access");
    let name = ptsname(&terminal, Vec::new()).expect("a name");
    let end = || open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("the other end");
    let mut command = Command::new(program);
    command.args(["registry", "login", registry.host(), "--plain-http"]).env_clear().env("HOME", place.folder.path());
    command.stdin(end()).stdout(end()).stderr(end());
    let mut child = command.spawn().expect("it starts");
    // Holds the other end too, which would stay open.
    drop(command);
    let mut terminal = std::fs::File::from(terminal);
    let (mut shown, mut rest) = (Vec::new(), vec![(b"Username: ", typed[0]), (b"Password: ", typed[1])]);
    let mut bytes = [0; 256];
    // The end of a terminal is an error.
    while let Ok(count @ 1..) = terminal.read(&mut bytes) {
        shown.extend_from_slice(&bytes[..count]);
        if rest.first().is_some_and(|(question, _)| shown.ends_with(*question)) {
            let (question, answer) = rest.remove(0);
            let echoes =
                || rustix::termios::tcgetattr(&terminal).expect("modes").local_modes.contains(LocalModes::ECHO);
            let ready = || Ok((question != b"Password: " || !echoes()).then_some(()));
            testbed::until("silence", Duration::from_secs(10), ready).expect("a silent terminal");
            terminal.write_all(format!("{answer}\n").as_bytes()).expect("a terminal");
        }
    }
    child.wait().expect("it ends");
    String::from_utf8_lossy(&shown).into_owned()
}

#[test]
#[cfg(unix)]
fn a_password_that_is_typed_is_not_shown() {
    let (registry, place) = (Registry::start(Access::Basic), Place::new());
    let helm = testbed::helm().expect("the real helm");
    for (typed, expected) in [
        (["pilot", "house"], "Username: pilot\r\nPassword: \r\nLogin Succeeded\r\n"),
        (["pilot", ""], "Username: pilot\r\nPassword: \r\nError: password required\r\n"),
    ] {
        for program in [helm.as_path(), Path::new(env!("CARGO_BIN_EXE_pilothouse"))] {
            assert_eq!(typed_login(&place, program, &registry, typed), expected, "{}", program.display());
        }
    }
}

/// What a command left: exit code, stdout, stderr.
type Ran = (Option<i32>, String, String);

/// Runs one command line with the real helm and with ours; returns what each left, with the host taken out.
fn both(place: &Place, registry: &Registry, line: &str) -> [Ran; 2] {
    let helm = testbed::helm().expect("the real helm");
    let line = line.replace("HOST", registry.host());
    let arguments: Vec<&str> = line.split_whitespace().collect();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(registry.host(), "HOST");
    [helm.as_path(), Path::new(env!("CARGO_BIN_EXE_pilothouse"))].map(|program| {
        let output = place.run(program, &arguments);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    })
}

#[test]
fn certificates_count_as_they_do_for_helm() {
    let place = Place::new();
    let certificates = Certificates::new().expect("certificates");
    let files = certificates.write(place.folder.path()).expect("files");
    Certificates::new().and_then(|other| other.write(&place.folder.path().join("other"))).expect("files");
    let helm = testbed::helm().expect("the real helm");
    place.run(&helm, &["package", "shop"]);
    let push = "push shop-0.0.1.tgz oci://HOST/charts";
    let login = "registry login HOST -u a -p b";
    let server = Registry::start_over(&Line::Tls(files.clone()), Access::Everybody);
    let mutual = Registry::start_over(&Line::MutualTls(files), Access::Everybody);
    let cases = [
        (&server, "", false),
        (&server, "--ca-file ca.crt", true),
        (&server, "--ca-file other/ca.crt", false),
        (&server, "--plain-http", false),
        (&server, "--ca-file ca.crt --cert-file client.crt", true),
        (&mutual, "--ca-file ca.crt", false),
        (&mutual, "--ca-file ca.crt --cert-file client.crt --key-file client.key", true),
    ];
    for (registry, flags, good) in cases {
        for command in [push, login] {
            let half = flags.contains("client.crt") && !flags.contains("key");
            if half && command == push {
                continue;
            }
            let [theirs, ours] = both(&place, registry, &format!("{command} {flags}"));
            // Of a server that hangs up for want of a certificate, helm says one thing or another.
            let hangs_up = std::ptr::eq(registry, &mutual) && !good;
            assert!(
                ours == theirs || (hangs_up && ours.0 == theirs.0),
                "{command} {flags}: {ours:?}, helm: {theirs:?}"
            );
            assert_eq!(ours.0 == Some(0), good, "{command} {flags}");
        }
    }
    for line in [format!("{push} --insecure-skip-tls-verify"), format!("{login} --insecure")] {
        let [theirs, ours] = both(&place, &server, &line);
        assert_eq!((ours.0, &ours), (Some(0), &theirs), "{line}");
    }
    // With TLS settings, a push knows nothing of plain HTTP.
    let [theirs, ours] = both(&place, &server, &format!("{push} --plain-http --ca-file ca.crt"));
    assert_eq!((ours.0, &ours), (Some(0), &theirs));
}
