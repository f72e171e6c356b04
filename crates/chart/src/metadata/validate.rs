//! Checks of Chart.yaml at load (`pkg/chart/v2/metadata.go` and `dependency.go` of Helm 4.3.1).

use std::collections::HashSet;

use gostd::GoError;
use gostd::strconv::quote;
use gostd::unicode::{is_print, is_space};

use super::{Dependency, Maintainer, Metadata};

impl Metadata {
    /// Cleans the texts (any space becomes a blank, what cannot be printed goes) and checks the fields.
    ///
    /// # Errors
    /// `validation: …`, the first finding in Helm's order.
    pub fn validate(&mut self) -> Result<(), GoError> {
        self.sanitize();
        self.check_identity()?;
        for maintainer in &mut self.maintainers {
            match maintainer {
                Some(maintainer) => maintainer.sanitize(),
                None => return Err(invalid("maintainers must not contain empty or null nodes")),
            }
        }
        self.check_dependencies()
    }

    fn sanitize(&mut self) {
        let texts = [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ];
        texts.into_iter().chain(&mut self.sources).chain(&mut self.keywords).for_each(sanitize);
    }

    fn check_identity(&self) -> Result<(), GoError> {
        if self.api_version.is_empty() {
            return Err(invalid("chart.metadata.apiVersion is required"));
        }
        check_name(&self.name)?;
        if self.version.is_empty() {
            return Err(invalid("chart.metadata.version is required"));
        }
        if gostd::semver::Version::new(self.version.as_bytes()).is_err() {
            return Err(invalid(&format!("chart.metadata.version {} is invalid", quoted(&self.version))));
        }
        if !matches!(self.chart_type.as_str(), "" | "application" | "library") {
            return Err(invalid("chart.metadata.type must be application or library"));
        }
        Ok(())
    }

    fn check_dependencies(&mut self) -> Result<(), GoError> {
        let mut seen = HashSet::new();
        for (position, dependency) in self.dependencies.iter_mut().enumerate() {
            if self.null_dependency == Some(position) {
                return Err(invalid("dependencies must not contain empty or null nodes"));
            }
            dependency.validate()?;
            let key = dependency.known_as();
            if !seen.insert(key.to_owned()) {
                return Err(invalid(&format!("more than one dependency with name or alias {}", quoted(key))));
            }
        }
        Ok(())
    }
}

impl Maintainer {
    fn sanitize(&mut self) {
        [&mut self.name, &mut self.email, &mut self.url].into_iter().for_each(sanitize);
    }
}

impl Dependency {
    fn validate(&mut self) -> Result<(), GoError> {
        let texts = [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition];
        texts.into_iter().chain(&mut self.tags).for_each(sanitize);
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if !self.alias.bytes().all(allowed) {
            let name = quoted(&self.name);
            return Err(invalid(&format!("dependency {name} has disallowed characters in the alias")));
        }
        Ok(())
    }
}

/// A chart's name is one path element.
fn check_name(name: &str) -> Result<(), GoError> {
    if name.is_empty() {
        return Err(invalid("chart.metadata.name is required"));
    }
    if name == "." || name == ".." {
        return Err(invalid(&format!("chart.metadata.name {} is not allowed", quoted(name))));
    }
    if name.contains('/') && name != "/" {
        return Err(invalid(&format!("chart.metadata.name {} is invalid", quoted(name))));
    }
    Ok(())
}

fn invalid(text: &str) -> GoError {
    GoError::new(format!("validation: {text}"))
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
}

fn sanitize(text: &mut String) {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return;
    }
    let clean = |c: char| match u32::from(c) {
        rune if is_space(rune) => Some(' '),
        rune if is_print(rune) => Some(c),
        _ => None,
    };
    *text = text.chars().filter_map(clean).collect();
}
