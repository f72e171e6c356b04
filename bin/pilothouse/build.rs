//! Puts a link where builds are looked for, `target/release/pilothouse`: as a target is named (`.cargo/config.toml`), the
//! binary itself is in the folder of its target, `target/TRIPLE/release`.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Some(link) = link() {
        println!("cargo:warning=no link to the binary: {link}");
    }
}

/// Makes the link; returns why there is none.
fn link() -> Option<String> {
    let out = std::env::var("OUT_DIR").ok()?;
    let target = std::env::var("TARGET").ok()?;
    // TARGET_DIR/TRIPLE/PROFILE/build/pilothouse-HASH/out
    let profile = Path::new(&out).ancestors().nth(3)?;
    let triple = profile.parent().filter(|folder| folder.file_name().is_some_and(|name| *name == *target))?;
    let profile = profile.file_name()?;
    let folder = triple.parent()?.join(profile);
    let binary = Path::new("..").join(&target).join(profile).join("pilothouse");
    let place = folder.join("pilothouse");
    // What is there was built before a target was named, or links to what is built now.
    let _ = std::fs::remove_file(&place);
    std::fs::create_dir_all(&folder).and_then(|()| symlink(&binary, &place)).err().map(|error| error.to_string())
}

#[cfg(unix)]
fn symlink(binary: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(binary, place)
}

/// Links need rights elsewhere that builds do not have.
#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}
