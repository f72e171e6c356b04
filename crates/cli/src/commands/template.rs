//! `template`: renders a chart without a cluster.

use chart::log::Log;
use post_render::PostRenderer;
use render::{Engine, Hook, RenderError, Resources, sort_manifests};

use super::complete::{self, Completion};
use super::server::Server;
use super::{locate, values};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::log::Stderr;
use crate::output_dir::OutputDir;
use crate::plugins;
use crate::remote::{Pulled, Remote};
use crate::schema_references::References;
use crate::tables::{CHART_PATH, INSTALL, NOTES_IGNORED, SCHEMA, TLS, VALUES};
use crate::{explain, out, show_only};

static FLAGS: &[Flag] = &[
    Flag::array("show-only", "show only the manifests of these templates (path or pattern, repeatable)").short('s'),
    Flag::string("output-dir", "write the manifests to files in this folder instead of stdout"),
    Flag::bool("validate", "").deprecated("use '--dry-run=server' instead"),
    Flag::bool("include-crds", "put CRDs into the output"),
    Flag::bool("skip-tests", "leave tests out of the output"),
    Flag::bool("is-upgrade", "set .Release.IsUpgrade instead of .Release.IsInstall"),
    Flag::string("kube-version", "Kubernetes version for Capabilities.KubeVersion"),
    Flag::new("api-versions", Kind::StringSlice, "", "API versions to add to Capabilities.APIVersions (repeatable)")
        .short('a'),
    Flag::bool("release-name", "with --output-dir, put the release name into the path"),
    Flag::new("dry-run", Kind::String, "\"client\"", "client, or server to see a cluster's objects and API versions")
        .bare("unset"),
];

pub static COMMAND: Command = Command {
    name: "template",
    operands: "[NAME] [CHART]",
    short: "render templates locally",
    long: "Renders the templates of a chart and prints the manifests. No cluster is asked, and what a template looks up there is empty, unless --dry-run=server is given.",
    args: Args::AtLeast(1),
    flags: &[FLAGS, INSTALL, NOTES_IGNORED, SCHEMA, VALUES, CHART_PATH, TLS],
    exclusive: &[&["force-replace", "force-conflicts"], &["force", "force-conflicts"], &["validate", "dry-run"]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    warn_wait(flags);
    let post_renderer = plugins::post_renderer(invocation)?;
    let kube_version = values::kube_version(flags)?;
    let references = References::of(flags)?;
    let remote = Remote::of(invocation, Pulled::ToStderr)?;
    let asks_server = asks_server(flags)?;
    let (name, reference) = name_and_chart(flags)?;
    let server = if asks_server { Some(Server::of(invocation)?) } else { None };
    let request = Request { invocation, remote, name, reference, kube_version, references, post_renderer, server };
    request.run()
}

pub(super) fn warn_wait(flags: &Parsed) {
    for (value, word) in [("true", "watcher"), ("false", "hookOnly")] {
        if flags.all("wait").any(|v| v == value) {
            let text = format!("--wait={value} is deprecated (boolean value) and can be replaced with --wait={word}");
            Stderr.warn(&text, &[]);
        }
    }
}

/// Reads `--dry-run` and `--validate`: whether a cluster is asked.
///
/// # Errors
/// Helm's text for a word that it does not know. Source: `cmdGetDryRunFlagStrategy`, pkg/cmd/helpers.go.
fn asks_server(flags: &Parsed) -> Result<bool, Failure> {
    let value = flags.last("dry-run").unwrap_or("client");
    let truth = gostd::strconv::parse_bool(value.as_bytes()).ok();
    match (value, truth) {
        ("unset", _) => Stderr.warn("--dry-run is deprecated and should be replaced with '--dry-run=client'", &[]),
        ("client", _) => {}
        ("server", _) => return Ok(true),
        ("none", _) | (_, Some(false)) => {
            return Err(Failure::new(format!("invalid dry-run value ({value:?}). Must be \"server\" or \"client\"")));
        }
        (_, Some(true)) => {
            let text =
                format!("boolean '--dry-run={value}' flag is deprecated and must be replaced with '--dry-run=client'");
            Stderr.warn(&text, &[]);
        }
        (_, None) => {
            let text = format!("invalid dry-run value ({value:?}). Must be \"none\", \"server\", or \"client\"");
            return Err(Failure::new(text));
        }
    }
    Ok(flags.bool("validate"))
}

/// Follows `NameAndChart` in Helm's `pkg/action/install.go`.
fn name_and_chart(flags: &Parsed) -> Result<(String, String), Failure> {
    let template = flags.string("name-template");
    match flags.args.as_slice() {
        [_, _, more @ ..] if !more.is_empty() => {
            Err(Failure::new(format!("expected at most two arguments, unexpected arguments: {}", more.join(", "))))
        }
        [_, _] if flags.bool("generate-name") => Err("cannot set --generate-name and also specify a name".into()),
        [_, _] if !template.is_empty() => Err("cannot set --name-template and also specify a name".into()),
        [name, chart] => Ok((name.clone(), chart.clone())),
        [chart] if template.is_empty() => Ok(("release-name".to_string(), chart.clone())),
        [chart] => Ok((name_from_template(template)?, chart.clone())),
        _ => Err("must either provide a name or specify --generate-name".into()),
    }
}

pub(super) fn name_from_template(template: &str) -> Result<String, Failure> {
    let name = render::text("name-template", template)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

struct Request<'a> {
    invocation: &'a Invocation,
    remote: Remote,
    name: String,
    reference: String,
    kube_version: Option<chart::capabilities::KubeVersion>,
    references: References,
    post_renderer: Option<PostRenderer>,
    /// The cluster, where one is asked.
    server: Option<Server>,
}

impl Request<'_> {
    fn run(&self) -> Result<(), Failure> {
        let flags = &self.invocation.flags;
        Stderr.debug("Original chart version", &[("version", flags.string("version"))]);
        let path = locate::chart_path(&self.reference, self.invocation, &self.remote)?;
        Stderr.debug("Chart path", &[("path", &path.to_string_lossy())]);
        let (remote, sources) = (&self.remote, self.remote.sources(self.invocation));
        let user_values = values::merged(flags, &sources.getters)?;
        let completion = Completion { invocation: self.invocation, remote, sources: &sources };
        let mut chart = complete::chart(&path, true, &completion)?;
        if chart.metadata().api_version == "v3" {
            // Helm 4.3 can load such charts but not render them.
            return Err("invalid chart apiVersion".into());
        }
        self.server.as_ref().map_or(Ok(()), Server::check_reachable)?;
        self.check_name()?;
        self.render(&mut chart, user_values)
    }

    fn check_name(&self) -> Result<(), Failure> {
        chart::release_name::validate(&self.name).map_err(|error| {
            let quoted = String::from_utf8_lossy(&gostd::strconv::quote(self.name.as_bytes())).into_owned();
            let error = format!("release name {quoted}: {error}");
            Stderr.error("release name check failed", &[("error", &error)]);
            Failure::new(format!("release name check failed: {error}"))
        })
    }

    fn render(&self, chart: &mut chart::Chart, user_values: gostd::Map) -> Result<(), Failure> {
        let flags = &self.invocation.flags;
        chart::dependencies::process(chart, &user_values, &mut Stderr).map_err(|error| {
            Stderr.error("chart dependencies processing failed", &[("error", &error.text)]);
            Failure::new(format!("chart dependencies processing failed: {}", error.text))
        })?;
        let capabilities = match &self.server {
            Some(server) => server.capabilities(chart, flags)?,
            None => values::capabilities(self.kube_version.clone(), flags.slice("api-versions")),
        };
        let release = chart::values::Release {
            name: self.name.clone(),
            namespace: self.invocation.settings.namespace(),
            revision: 1,
            is_install: !flags.bool("is-upgrade"),
            is_upgrade: flags.bool("is-upgrade"),
        };
        let schemas = self.references.schemas(flags);
        let around = chart::values::Surroundings { release: &release, capabilities: &capabilities, schemas };
        let top = chart::values::to_render_values(chart, &user_values, &around, &mut Stderr)?;
        check_labels(flags)?;
        self.print(chart, &top, &capabilities)
    }

    fn print(&self, chart: &chart::Chart, top: &gostd::Map, capabilities: &chart::Capabilities) -> Result<(), Failure> {
        let flags = &self.invocation.flags;
        let debug = self.invocation.settings.debug;
        if let Err(error) = check_kube_version(chart, capabilities) {
            return self.fail(hint(error, debug), &render::Files::new());
        }
        let lookup = self.server.as_ref().map(Server::lookup);
        let engine = Engine { enable_dns: flags.bool("enable-dns"), lookup, ..Engine::default() };
        // Kept to the end of the process.
        let mut rendered = match engine.render(chart, top) {
            Ok(rendered) => rendered,
            Err(error) => return self.fail(self.template_error(error), &render::Files::new()),
        };
        let files = &mut rendered.files;
        files.retain(|path, _| !path.ends_with("NOTES.txt"));
        if let Some(post_renderer) = &self.post_renderer {
            match post_renderer.apply(files, &mut Stderr) {
                Ok(changed) => *files = changed,
                Err(error) => return self.fail(hint(error.into(), debug), &render::Files::new()),
            }
        }
        match sort_manifests(files, &mut Stderr) {
            Ok(resources) => self.write(chart, &resources),
            Err(error) => self.fail(hint(Failure::from(error), debug), files),
        }
    }

    /// Fails; with `--debug` after it has shown what could be rendered, though it is no valid YAML.
    fn fail(&self, failure: Failure, files: &render::Files) -> Result<(), Failure> {
        if self.invocation.settings.debug {
            let mut text = Vec::new();
            for (path, content) in files.iter().filter(|(_, content)| !render::manifest::is_blank(content)) {
                push_document(&mut text, path, content);
            }
            let text = [gostd::strings::trim_space(&text), b"\n"].concat();
            // What `--show-only` asks for may be what could not be rendered.
            self.shown(text).map_or(Ok(()), |text| out::write(&text))?;
        }
        Err(failure)
    }

    /// Returns all manifests, or those that `--show-only` asks for.
    fn shown(&self, text: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let patterns = self.invocation.flags.array("show-only");
        if patterns.is_empty() { Ok(text) } else { show_only::select(&text, &patterns) }
    }

    fn template_error(&self, error: RenderError) -> Failure {
        let explanation = explain::wanted(&self.invocation.flags).then(|| explain::explain(&error)).flatten();
        let failure = hint(Failure::new(error.text), self.invocation.settings.debug);
        Failure { explanation, ..failure }
    }

    fn write(&self, chart: &chart::Chart, resources: &Resources) -> Result<(), Failure> {
        let flags = &self.invocation.flags;
        let hooks: Vec<&Hook> = match flags.bool("no-hooks") {
            true => Vec::new(),
            false => resources.hooks.iter().filter(|h| !(flags.bool("skip-tests") && h.is_test())).collect(),
        };
        let crds = if flags.bool("include-crds") { chart.crds() } else { Vec::new() };
        let folder = flags.string("output-dir");
        if !folder.is_empty() {
            let name = flags.bool("release-name").then_some(self.name.as_str());
            let mut output = OutputDir::new(folder, name);
            if let Err(error) = output.write(&crds, resources, &hooks) {
                return self.fail(hint(error, self.invocation.settings.debug), &render::Files::new());
            }
            // The manifests are in the files, so there are none to check: as in Helm.
            return out::finish(&self.shown(b"\n".to_vec())?);
        }
        if let Some(server) = &self.server {
            server.check(self.invocation, &self.name, &manifest(&crds, resources))?;
        }
        let kept = if flags.array("show-only").is_empty() { PASSED_ON } else { usize::MAX };
        let text = stream(&crds, resources, &hooks, kept)?;
        out::finish(&self.shown(text)?)
    }
}

/// Bytes of output that are written before more is put together.
const PASSED_ON: usize = 64 << 10;

/// Writes the output but for its end, which is returned and of at least `kept` bytes, if there are so many.
fn stream(crds: &[chart::Crd], resources: &Resources, hooks: &[&Hook], kept: usize) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    for crd in crds {
        pass_on(&mut text, kept)?;
        push_crd(&mut text, crd);
    }
    for manifest in &resources.manifests {
        pass_on(&mut text, kept)?;
        push_document(&mut text, &manifest.path, &manifest.content);
    }
    // Every document begins with dashes, so only the end can be blank.
    let visible = gostd::strings::trim_right_func(&text, gostd::unicode::is_space).len();
    text.truncate(visible);
    text.push(b'\n');
    for hook in hooks {
        pass_on(&mut text, kept)?;
        push_document(&mut text, &hook.path, &hook.manifest);
    }
    Ok(text)
}

fn pass_on(text: &mut Vec<u8>, kept: usize) -> Result<(), Failure> {
    if text.len() >= kept {
        out::write(text)?;
        text.clear();
    }
    Ok(())
}

/// Appends a document as Helm prints it.
pub fn push_document(text: &mut Vec<u8>, path: &str, content: &[u8]) {
    push_source(text, path);
    text.extend_from_slice(content);
    text.push(b'\n');
}

fn push_crd(text: &mut Vec<u8>, crd: &chart::Crd) {
    push_source(text, &crd.filename);
    crd.data.append_to(text);
    text.push(b'\n');
}

/// Returns the manifest as a release would have it: without hooks.
fn manifest(crds: &[chart::Crd], resources: &Resources) -> Vec<u8> {
    let mut text = Vec::new();
    crds.iter().for_each(|crd| push_crd(&mut text, crd));
    resources.manifests.iter().for_each(|manifest| push_document(&mut text, &manifest.path, &manifest.content));
    text
}

fn push_source(text: &mut Vec<u8>, path: &str) {
    text.extend_from_slice(b"---\n# Source: ");
    text.extend_from_slice(path.as_bytes());
    text.push(b'\n');
}

fn hint(mut failure: Failure, debug: bool) -> Failure {
    if !debug {
        failure.message.push_str("\n\nUse --debug flag to render out invalid YAML");
    }
    failure
}

fn check_kube_version(chart: &chart::Chart, capabilities: &chart::Capabilities) -> Result<(), Failure> {
    let constraint = &chart.metadata().kube_version;
    let version = &capabilities.kube_version;
    if constraint.is_empty() || chart::dependencies::is_compatible(constraint, &version.normalized) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "chart requires kubeVersion: {constraint} which is incompatible with Kubernetes {}",
        version.version
    )))
}

const SYSTEM_LABELS: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

fn check_labels(flags: &Parsed) -> Result<(), Failure> {
    if flags.pairs("labels").iter().any(|(key, _)| SYSTEM_LABELS.contains(&key.as_str())) {
        return Err(Failure::new(format!(
            "user supplied labels contains system reserved label name. System labels: [{}]",
            SYSTEM_LABELS.join(" ")
        )));
    }
    Ok(())
}
