//! Why objects are not ready: what they, their Pods and the events about them say.

use std::fmt::Write as _;

use cluster::{ConditionLine, ContainerState, Diagnosis, EventLine, PodState, Status};

/// So long may one line be, in characters, and all of it, in bytes.
const LINE: usize = 400;
const TEXT_BYTES: usize = 32 << 10;

/// Returns the explanation of all objects.
pub fn text(diagnoses: &[Diagnosis]) -> String {
    let mut text = String::new();
    for (at, diagnosis) in diagnoses.iter().enumerate() {
        let mut part = String::new();
        object(&mut part, diagnosis);
        if text.len() + part.len() > TEXT_BYTES {
            let _ = writeln!(text, "\nand {} more", diagnoses.len() - at);
            break;
        }
        text.push_str(&part);
    }
    text
}

fn object(text: &mut String, diagnosis: &Diagnosis) {
    let Diagnosis { kind, namespace, name, reading, .. } = diagnosis;
    let place = if namespace.is_empty() { String::new() } else { format!(" in namespace {namespace}") };
    let state = match &diagnosis.hopeless {
        Some(why) => format!(" will not get ready: {why}"),
        None => format!(": {}{}", reading.status, after_colon(&reading.message)),
    };
    line(text, 0, &format!("\n{kind} {name}{place}{state}"));
    if !diagnosis.finalizers.is_empty() {
        line(text, 1, &format!("held by finalizers: {}", diagnosis.finalizers.join(", ")));
    }
    // Those of Pods without a word say no more than their containers.
    let speaks = |condition: &&ConditionLine| kind != "Pod" || !condition.message.is_empty();
    for condition in diagnosis.conditions.iter().filter(|condition| is_bad(condition)).filter(speaks) {
        let ConditionLine { name, status, reason, message } = condition;
        line(text, 1, &format!("condition {name} is {status}{}{}", after_colon(reason), after_colon(message)));
    }
    for pod in &diagnosis.pods {
        one_pod(text, pod);
    }
    if !diagnosis.events.is_empty() {
        line(text, 1, "events:");
    }
    for EventLine { about, reason, message, count } in &diagnosis.events {
        let times = if *count > 1 { format!(" ({count} times)") } else { String::new() };
        line(text, 2, &format!("{about} {reason}{}{times}", after_colon(message)));
    }
}

fn one_pod(text: &mut String, pod: &PodState) {
    let reading = match pod.reading.status {
        Status::Current | Status::Unknown => "",
        _ => pod.reading.message.as_str(),
    };
    line(text, 1, &format!("Pod {} is {}{}", pod.name, pod.phase, after_colon(reading)));
    for container in &pod.containers {
        one_container(text, container);
    }
}

fn one_container(text: &mut String, container: &ContainerState) {
    let ContainerState { name, image, state, reason, message, exit_code, restarts, log } = container;
    let mut said = format!("container {name} ({image}) is {state}{}{}", after_colon(reason), after_colon(message));
    if let Some(code) = exit_code {
        let _ = write!(said, ", exit code {code}");
    }
    match restarts {
        0 => {}
        1 => said.push_str(", restarted once"),
        times => {
            let _ = write!(said, ", restarted {times} times");
        }
    }
    line(text, 2, &said);
    for logged in log {
        line(text, 3, &format!("| {logged}"));
    }
}

/// Most conditions are good when they are true; some say what went wrong.
fn is_bad(condition: &ConditionLine) -> bool {
    let wrong = matches!(
        condition.name.as_str(),
        "ReplicaFailure"
            | "Failed"
            | "FailureTarget"
            | "Stalled"
            | "NonStructuralSchema"
            | "Terminating"
            | "Reconciling"
    );
    if wrong { condition.status == "True" } else { condition.status != "True" }
}

fn after_colon(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

/// Appends a line; what a stranger wrote must not move the cursor of a terminal.
fn line(text: &mut String, depth: usize, words: &str) {
    let (blank, words) = match words.strip_prefix('\n') {
        Some(rest) => ("\n", rest),
        None => ("", words),
    };
    let clean: String = words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(LINE).collect();
    let more = if words.chars().nth(LINE).is_some() { "…" } else { "" };
    let _ = writeln!(text, "{blank}{:indent$}{}{more}", "", clean.trim_end(), indent = depth * 2);
}

#[cfg(test)]
mod tests {
    use cluster::Reading;

    use super::*;

    fn diagnosis(name: &str) -> Diagnosis {
        let condition = |name: &str, status: &str| ConditionLine {
            name: name.into(),
            status: status.into(),
            reason: "Why".into(),
            message: "so".into(),
        };
        let container = ContainerState {
            name: "main".into(),
            image: "i".into(),
            state: "waiting".into(),
            reason: "CrashLoopBackOff".into(),
            message: "back-off".into(),
            exit_code: Some(2),
            restarts: 3,
            log: vec!["a\u{1b}[31mb".into(), "x".repeat(LINE + 1)],
        };
        let reading = || Reading { status: Status::InProgress, message: "Available: 0/1".into() };
        Diagnosis {
            kind: "Deployment".into(),
            namespace: "shop".into(),
            name: name.into(),
            reading: reading(),
            hopeless: None,
            conditions: vec![
                condition("Available", "False"),
                condition("Progressing", "True"),
                condition("Failed", "True"),
            ],
            finalizers: vec!["a/b".into(), "c".into()],
            pods: vec![PodState {
                name: "p".into(),
                phase: "Running".into(),
                reading: reading(),
                containers: vec![container],
            }],
            events: vec![EventLine { about: "Pod/p".into(), reason: "BackOff".into(), message: "m".into(), count: 4 }],
        }
    }

    #[test]
    fn everything_that_is_known_is_told_in_few_safe_lines() {
        let long = "x".repeat(LINE - 2);
        assert_eq!(
            text(&[diagnosis("web")]),
            format!(
                "
Deployment web in namespace shop: InProgress: Available: 0/1
  held by finalizers: a/b, c
  condition Available is False: Why: so
  condition Failed is True: Why: so
  Pod p is Running: Available: 0/1
    container main (i) is waiting: CrashLoopBackOff: back-off, exit code 2, restarted 3 times
      | a [31mb
      | {long}…
  events:
    Pod/p BackOff: m (4 times)
"
            )
        );
        let many: Vec<Diagnosis> = (0..200).map(|at| diagnosis(&format!("web-{at}"))).collect();
        let shown = text(&many);
        assert!(shown.len() < TEXT_BYTES + 100 && shown.ends_with(" more\n"), "{}", shown.len());
    }
}
