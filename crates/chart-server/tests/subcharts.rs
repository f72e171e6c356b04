//! Archives inside of archives: what is wrong with a packed subchart is wrong with its chart.

mod packing;
mod running;
mod wire;

use packing::{claiming, packed};
use running::Running;
use wire::ask;

const OUTER: &[u8] = b"apiVersion: v2\nname: c\nversion: 0.1.0\n";
const INNER: &[u8] = b"apiVersion: v2\nname: s\nversion: 0.1.0\n";

/// A chart with a packed subchart.
fn around(subchart: &[u8]) -> Vec<u8> {
    packed(&[("c/Chart.yaml", OUTER), ("c/charts/s.tgz", subchart)])
}

fn nested(levels: usize) -> Vec<u8> {
    (0..levels).fold(packed(&[("c/Chart.yaml", OUTER)]), |inner, _| around(&inner))
}

#[test]
fn packed_subcharts_are_looked_into() {
    let server = Running::serve(&["--anonymous-writes", "--allow-overwrite"]);
    for (chart, said) in [
        (around(&packed(&[("s/Chart.yaml", INNER)])), ""),
        (nested(3), ""),
        // What Helm passes over is passed over.
        (packed(&[("c/Chart.yaml", OUTER), ("c/charts/_s.tgz", b"x"), ("c/charts/README.md", b"x")]), ""),
        (packed(&[("c/Chart.yaml", OUTER), ("c/files/s.tgz", b"x")]), ""),
        (around(b"no archive"), "error unpacking subchart s.tgz in c: gzip: invalid header"),
        (around(&packed(&[("s/values.yaml", b"a: 1\n")])), "Chart.yaml file is missing"),
        (
            around(&packed(&[("s/Chart.yaml", INNER), ("s/../../x", b"x")])),
            "chart illegally references parent directory",
        ),
        (around(&packed(&[("s/Chart.yaml", b"name: s\nversion: one\n")])), "validation: chart.metadata.version"),
        (
            around(&claiming(&[("s/Chart.yaml", INNER), ("s/x", b"")], Some(101 << 20))),
            "decompressed chart is larger than the maximum size",
        ),
        (
            packed(&[("c/Chart.yaml", OUTER), ("c/charts/d/charts/s.tgz", b"no archive")]),
            "error unpacking subchart s.tgz in c: gzip: invalid header",
        ),
        (nested(30), "charts are nested more than 20 deep"),
        // What is wrong with the chart itself is told first.
        (packed(&[("c/charts/s.tgz", b"no archive"), ("c/values.yaml", b"a: 1\n")]), "Chart.yaml file is missing"),
    ] {
        let answer = ask(server.address, "POST /api/charts", &[], &chart);
        assert_eq!(answer.status, if said.is_empty() { 201 } else { 400 }, "{said}: {}", answer.text());
        assert!(answer.text().contains(said), "{said}: {}", answer.text());
    }
}
