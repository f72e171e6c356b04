//! Layouts against package time of Go 1.27.2, which printed `data/time.json`.

use gostd::time::{Time, load_location, parse_in_zone};
use gostd::{Map, Object, Value, json};

fn rows(name: &str) -> Vec<Map> {
    let file = json::decode(include_bytes!("data/time.json")).expect("the data is JSON");
    let rows = file.as_map().and_then(|file| file.get(name.as_bytes())).expect("a table");
    rows.as_list().expect("a list").iter().map(|row| row.as_map().expect("an object").clone()).collect()
}

fn text(row: &Map, name: &str) -> String {
    row.get(name.as_bytes()).and_then(|v| v.as_str().map(|s| s.to_text().into_owned())).unwrap_or_default()
}

fn number(row: &Map, name: &str) -> i64 {
    match row.get(name.as_bytes()) {
        Some(Value::Float(x)) => x as i64,
        _ => 0,
    }
}

#[test]
fn times_are_written_as_in_go() {
    for row in rows("Formats") {
        let zone = load_location(&text(&row, "Zone")).expect("a zone");
        let time = Time::new(number(&row, "Unix"), number(&row, "Nano") as u32, zone);
        let layout = text(&row, "Layout");
        let got = String::from_utf8_lossy(&time.format(layout.as_bytes())).into_owned();
        assert_eq!(got, text(&row, "Out"), "{layout:?} of {time:?}");
    }
}

#[test]
fn times_are_read_as_in_go() {
    for row in rows("Parses") {
        let (layout, value) = (text(&row, "Layout"), text(&row, "Value"));
        let zone = load_location(&text(&row, "Zone")).expect("a zone");
        let got = match parse_in_zone(layout.as_bytes(), value.as_bytes(), zone) {
            Ok(time) => (time.display().unwrap_or_default(), String::new()),
            Err(error) => (String::new(), error.text),
        };
        assert_eq!(got, (text(&row, "Out"), text(&row, "Err")), "{value:?} as {layout:?}");
    }
}
