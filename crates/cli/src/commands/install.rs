//! `install`: a chart becomes a release.

use action::{DryRun, Install, Rendering};
use release::Release;

use super::operation::{self, Around, Rendered, failure, within};
use super::release_text::{self, Telling};
use super::template;
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Parsed};
use crate::interrupt::{self, Says};
use crate::log::Stderr;
use crate::output::{Color, Format, OUTPUT};
use crate::remote::{Pulled, Remote};
use crate::schema_references::References;
use crate::session::{Session, Stored};
use crate::tables::{CHART_PATH, INSTALL, NOTES, SCHEMA, TLS, VALUES};
use crate::{out, plugins};

/// Helm 2's way to name a release.
static HELM2: &[Flag] = &[Flag::string("name", "").deprecated("use 'helm install NAME CHART' instead")];

pub static COMMAND: Command = Command {
    name: "install",
    operands: "[NAME] [CHART]",
    short: "install a chart",
    long: "Renders a chart, creates its objects in the cluster, and records them as a release.",
    args: Args::AtLeast(1),
    flags: &[INSTALL, operation::TAKE_OVER, SCHEMA, NOTES, VALUES, CHART_PATH, TLS, OUTPUT, HELM2],
    exclusive: &[&["force-replace", "force-conflicts"], &["force", "force-conflicts"]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let waiting = operation::waiting(flags);
    let post_render = plugins::post_renderer(invocation)?.map(Rendered);
    let failed = |failure| within("INSTALLATION FAILED", failure);
    let references = References::of(flags)?;
    let remote = Remote::of(invocation, Pulled::ToStdout)?;
    let dry_run = operation::dry_run(flags)?;
    let (name, reference) = name_and_chart(flags).map_err(failed)?;
    let given = operation::given(invocation, &reference, true, &remote).map_err(failed)?;
    let install = Install { waiting, ..install(invocation, name, dry_run) };
    let mut session = Session::open(invocation, &invocation.settings.namespace())?;
    session.hold("install");
    interrupt::listen(&session, Says::Helm(&flags.args[0]));
    let release = installed(&session, &install, given, Around::of(flags, post_render.as_ref(), &references))
        .map_err(|error| failed(stopped(error, &install, (&reference, flags))))?;
    print(invocation, &release)
}

/// Returns what to tell of an installation that failed or was stopped.
fn stopped(error: action::Failed, install: &Install, (reference, flags): (&str, &Parsed)) -> Failure {
    let recorded = error.release.is_some() && !install.rollback_on_failure;
    let failure = failure(error, flags);
    let name = &install.name;
    match recorded {
        true => interrupt::told(failure, &format!("helm upgrade --install {name} {reference} with the same flags")),
        false => interrupt::told(failure, interrupt::SAME),
    }
}

/// Installs a chart.
pub(super) fn installed(
    session: &Session,
    install: &Install,
    given: operation::Given,
    around: Around<'_>,
) -> Result<Release, action::Failed> {
    let (live, records) = (session.live(), Stored::new(&session.records));
    install.run(&around.engine(&live, &records), given.chart, given.values, &mut Stderr)
}

/// What the flags say of an installation.
pub(super) fn install(invocation: &Invocation, name: String, dry_run: DryRun) -> Install {
    let flags = &invocation.flags;
    let mut how = operation::how(flags);
    how.server_side = flags.last("server-side").is_none_or(|value| value != "false" && value != "0");
    Install {
        name,
        namespace: invocation.settings.namespace(),
        description: flags.string("description").to_string(),
        labels: flags.pairs("labels").into_iter().collect(),
        waiting: action::Waiting::default(),
        how,
        dry_run,
        rendering: rendering(flags),
        no_hooks: flags.bool("no-hooks"),
        skip_crds: flags.bool("skip-crds"),
        no_validation: flags.bool("disable-openapi-validation"),
        create_namespace: flags.bool("create-namespace"),
        replace: flags.bool("replace"),
        take_ownership: flags.bool("take-ownership"),
        rollback_on_failure: flags.bool("rollback-on-failure") || flags.bool("atomic"),
        capabilities: None,
    }
}

pub(super) fn rendering(flags: &Parsed) -> Rendering {
    Rendering {
        enable_dns: flags.bool("enable-dns"),
        sub_notes: flags.bool("render-subchart-notes"),
        hide_secrets: flags.bool("hide-secret"),
    }
}

/// Prints a release that was installed or upgraded.
pub(super) fn print(invocation: &Invocation, release: &Release) -> Result<(), Failure> {
    let telling =
        Telling { debug: invocation.settings.debug, metadata: false, hide_notes: invocation.flags.bool("hide-notes") };
    let color = Color::of(&invocation.settings);
    out::finish(&release_text::text(release, Format::of(invocation), telling, color)?)
}

/// Follows `NameAndChart` in Helm's `pkg/action/install.go`.
fn name_and_chart(flags: &Parsed) -> Result<(String, String), Failure> {
    let template = flags.string("name-template");
    let generate = flags.bool("generate-name");
    match (flags.args.as_slice(), flags.string("name")) {
        ([_, _, more @ ..], _) if !more.is_empty() => {
            Err(Failure::new(format!("expected at most two arguments, unexpected arguments: {}", more.join(", "))))
        }
        ([_, _], _) if generate => Err("cannot set --generate-name and also specify a name".into()),
        ([_, _], _) if !template.is_empty() => Err("cannot set --name-template and also specify a name".into()),
        ([name, chart], _) => Ok((name.clone(), chart.clone())),
        ([chart], name) if !name.is_empty() => Ok((name.to_string(), chart.clone())),
        ([chart], _) if !template.is_empty() => Ok((template::name_from_template(template)?, chart.clone())),
        ([chart], _) if generate => Ok((generated(chart), chart.clone())),
        _ => Err("must either provide a name or specify --generate-name".into()),
    }
}

/// Makes a name of a chart and the time.
fn generated(chart: &str) -> String {
    let base = gostd::path::base(chart.as_bytes());
    let base = String::from_utf8_lossy(base).into_owned();
    let base = if base == "." || base.is_empty() { "chart".to_string() } else { base };
    let base = base.split('.').next().unwrap_or_default();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{base}-{}", now.as_secs())
}
