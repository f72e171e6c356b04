//! Numbers for Prometheus, under ChartMuseum's names (`pkg/chartmuseum/router/prometheus.go`, `pkg/repo/metrics.go`).

mod process;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

use crate::mirror::{self, Numbers};

/// The borders of the histogram, in seconds: those of the Go client.
const BORDERS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Names that requests may bring into labels: what comes after them is `other`.
const HOSTS: usize = 32;

/// What is counted about requests.
#[derive(Default)]
pub struct Metrics {
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    requests: BTreeMap<Request, u64>,
    durations: BTreeMap<Timed, Histogram>,
    request_bytes: Sum,
    answer_bytes: Sum,
    hosts: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    code: u16,
    method: &'static str,
    host: String,
    url: &'static str,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Timed {
    code: u16,
    method: &'static str,
    url: &'static str,
}

#[derive(Default)]
struct Histogram {
    /// How many were not longer than each border.
    within: [u64; BORDERS.len()],
    sum: f64,
    count: u64,
}

#[derive(Default)]
struct Sum {
    sum: u64,
    count: u64,
}

/// One request that was answered.
pub struct Served<'a> {
    pub code: u16,
    pub method: &'a str,
    pub host: &'a str,
    /// The path with names for what differs.
    pub url: &'static str,
    pub duration: Duration,
    pub request_bytes: u64,
    pub answer_bytes: u64,
}

/// How much a tenant has.
pub struct TenantCount {
    pub tenant: String,
    pub charts: u64,
    pub versions: u64,
}

impl Metrics {
    /// Counts a request. What was not found is not counted, as in ChartMuseum: anyone could fill the memory with paths.
    pub fn count(&self, served: &Served<'_>) {
        if served.code == 404 || served.code == 405 {
            return;
        }
        let Ok(mut counted) = self.counted.lock() else { return };
        let method = known_method(served.method);
        let host = counted.host(served.host);
        let (code, url) = (served.code, served.url);
        *counted.requests.entry(Request { code, method, host, url }).or_default() += 1;
        counted.durations.entry(Timed { code, method, url }).or_default().add(served.duration.as_secs_f64());
        counted.request_bytes.add(served.request_bytes);
        counted.answer_bytes.add(served.answer_bytes);
    }

    /// Returns everything in Prometheus' text format.
    pub fn text(&self, tenants: &[TenantCount], mirrors: &[Numbers]) -> String {
        let mut out = String::new();
        gauge(
            &mut out,
            "chartmuseum_chart_versions_served_total",
            "Current number of chart versions served",
            tenants,
            |t| t.versions,
        );
        gauge(&mut out, "chartmuseum_charts_served_total", "Current number of charts served", tenants, |t| t.charts);
        if let Ok(counted) = self.counted.lock() {
            counted.write(&mut out);
        }
        mirror::write_metrics(&mut out, mirrors);
        process::write(&mut out);
        out
    }
}

impl Counted {
    fn host(&mut self, host: &str) -> String {
        if self.hosts.iter().any(|known| known == host) {
            return host.to_owned();
        }
        if self.hosts.len() < HOSTS && host.len() <= 255 {
            self.hosts.push(host.to_owned());
            return host.to_owned();
        }
        "other".to_owned()
    }

    fn write(&self, out: &mut String) {
        let help = "How many HTTP requests processed, partitioned by status code and HTTP method.";
        head(out, "chartmuseum_requests_total", help, "counter");
        for (Request { code, method, host, url }, count) in &self.requests {
            let host = escaped(host);
            let _ = writeln!(
                out,
                "chartmuseum_requests_total{{code=\"{code}\",handler=\"pilothouse\",host=\"{host}\",method=\"{method}\",url=\"{url}\"}} {count}"
            );
        }
        let name = "chartmuseum_request_duration_seconds";
        head(out, name, "The HTTP request latencies in seconds.", "histogram");
        for (Timed { code, method, url }, histogram) in &self.durations {
            histogram.write(out, name, &format!("code=\"{code}\",method=\"{method}\",url=\"{url}\""));
        }
        for (name, help, sum) in [
            ("chartmuseum_request_size_bytes", "The HTTP request sizes in bytes.", &self.request_bytes),
            ("chartmuseum_response_size_bytes", "The HTTP response sizes in bytes.", &self.answer_bytes),
        ] {
            head(out, name, help, "summary");
            let _ = writeln!(out, "{name}_sum {}\n{name}_count {}", sum.sum, sum.count);
        }
    }
}

impl Histogram {
    fn add(&mut self, seconds: f64) {
        for (border, within) in BORDERS.iter().zip(&mut self.within) {
            *within += u64::from(seconds <= *border);
        }
        self.sum += seconds;
        self.count += 1;
    }

    fn write(&self, out: &mut String, name: &str, labels: &str) {
        for (border, within) in BORDERS.iter().zip(&self.within) {
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{border}\"}} {within}");
        }
        let (sum, count) = (self.sum, self.count);
        let _ = writeln!(
            out,
            "{name}_bucket{{{labels},le=\"+Inf\"}} {count}\n{name}_sum{{{labels}}} {sum}\n{name}_count{{{labels}}} {count}"
        );
    }
}

impl Sum {
    fn add(&mut self, number: u64) {
        self.sum = self.sum.saturating_add(number);
        self.count += 1;
    }
}

fn gauge(out: &mut String, name: &str, help: &str, tenants: &[TenantCount], number: impl Fn(&TenantCount) -> u64) {
    head(out, name, help, "gauge");
    for tenant in tenants {
        let _ = writeln!(out, "{name}{{repo=\"{}\"}} {}", escaped(&tenant.tenant), number(tenant));
    }
}

fn head(out: &mut String, name: &str, help: &str, kind: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// Returns a value as a label may have it.
pub fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn known_method(method: &str) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| *known == method).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_are_chartmuseums() {
        let metrics = Metrics::default();
        let served = Served {
            code: 200,
            method: "GET",
            host: "h\"",
            url: "/:repo/index.yaml",
            duration: Duration::from_millis(30),
            request_bytes: 10,
            answer_bytes: 20,
        };
        metrics.count(&served);
        metrics.count(&Served { code: 404, ..served });
        let text = metrics.text(&[TenantCount { tenant: "a".into(), charts: 1, versions: 2 }], &[]);
        for line in [
            "# TYPE chartmuseum_charts_served_total gauge",
            "chartmuseum_charts_served_total{repo=\"a\"} 1",
            "chartmuseum_chart_versions_served_total{repo=\"a\"} 2",
            "chartmuseum_requests_total{code=\"200\",handler=\"pilothouse\",host=\"h\\\"\",method=\"GET\",url=\"/:repo/index.yaml\"} 1",
            "chartmuseum_request_duration_seconds_bucket{code=\"200\",method=\"GET\",url=\"/:repo/index.yaml\",le=\"0.025\"} 0",
            "chartmuseum_request_duration_seconds_bucket{code=\"200\",method=\"GET\",url=\"/:repo/index.yaml\",le=\"0.05\"} 1",
            "chartmuseum_request_duration_seconds_count{code=\"200\",method=\"GET\",url=\"/:repo/index.yaml\"} 1",
            "chartmuseum_response_size_bytes_sum 20",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert!(!text.contains("404"));
    }

    #[test]
    fn strangers_cannot_fill_the_memory_with_labels() {
        let metrics = Metrics::default();
        for number in 0..1000 {
            let (host, method) = (format!("host-{number}"), format!("METHOD{number}"));
            metrics.count(&Served {
                code: 200,
                method: &method,
                host: &host,
                url: "/",
                duration: Duration::ZERO,
                request_bytes: 0,
                answer_bytes: 0,
            });
        }
        let lines =
            metrics.text(&[], &[]).lines().filter(|line| line.starts_with("chartmuseum_requests_total{")).count();
        assert_eq!(lines, HOSTS + 1);
    }
}
