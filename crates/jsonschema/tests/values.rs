//! Values that are not those of YAML: int64 from `--set`, other types, text that is not UTF-8.

use gostd::value::{Entries, List, Map, MapType, Str};
use gostd::{Type, Value};
use jsonschema::{NoLoader, check_values};

fn answer(schema: &str, value: Value) -> String {
    let values = Value::map(Entries::from([(Str::from("a"), value)]));
    match check_values(&values, format!("{{\"properties\":{{\"a\":{schema}}}}}").as_bytes(), &mut NoLoader) {
        Ok(()) => String::new(),
        Err(error) => error.text,
    }
}

/// Made by `helm template r c --set a=NUMBER` of Helm 4.3.1 with the schema below `properties.a`.
#[test]
fn integers_of_set_are_exact() {
    let big = Value::Int64(9_223_372_036_854_775_807);
    assert_eq!(answer(r#"{"type":"integer","const":9223372036854775807}"#, big.clone()), "");
    assert_eq!(
        answer(r#"{"const":9223372036854775806}"#, big.clone()),
        "- at '/a': value must be 9223372036854775806\n"
    );
    assert_eq!(
        answer(r#"{"maximum":9223372036854775806}"#, big),
        "- at '/a': maximum: got 9.223372036854776×10¹⁸, want 9.223372036854776×10¹⁸\n"
    );
    assert_eq!(answer(r#"{"type":"string"}"#, Value::Int64(5)), "- at '/a': got number, want string\n");
    assert_eq!(answer(r#"{"enum":[1,5.0]}"#, Value::Int64(5)), "");
}

#[test]
fn what_is_no_json_is_refused_by_its_go_type() {
    let strings = Value::List(List::of(Type::String, vec![Value::from("x")]));
    assert_eq!(answer("{\"type\":\"array\"}", strings), "- at '/a': invalid jsonType []string\n");
    let named = Value::Map(Map::of(const { &MapType::new("common.Values") }, Entries::new()));
    assert_eq!(answer("{\"type\":\"object\"}", named), "- at '/a': invalid jsonType common.Values\n");
    assert_eq!(answer("{\"minimum\":1}", Value::Float(f64::NAN)), "- at '/a': invalid jsonType float64\n");
    assert_eq!(answer("true", Value::Float(f64::NAN)), "");
}

#[test]
fn the_outermost_map_may_be_of_any_type() {
    let values = Map::new(Entries::from([(Str::from("a"), Value::Int64(1))]));
    let values = Value::Map(values.view(const { &MapType::new("common.Values") }));
    assert!(check_values(&values, b"{\"type\":\"object\",\"required\":[\"a\"]}", &mut NoLoader).is_ok());
}

#[test]
fn text_that_is_not_utf8_is_escaped() {
    let text = Value::str(Str::from(b"\xffx".as_slice()));
    assert_eq!(
        answer("{\"maxLength\":1,\"pattern\":\"y\"}", text),
        "- at '/a': maxLength: got 2, want 1\n- at '/a': '\\xffx' does not match pattern 'y'\n"
    );
}

/// FIXME: Go says `ParseAddr("zz:1"): each colon-separated field must have at least one digit (at "zz:1")`; the URLs of
/// gostd know only one reason.
#[test]
fn addresses_in_urls_have_one_reason() {
    let schema =
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"properties\":{\"a\":{\"format\":\"uri\"}}}";
    let values = Value::map(Entries::from([(Str::from("a"), Value::from("http://[zz:1]/"))]));
    let error = check_values(&values, schema.as_bytes(), &mut NoLoader).unwrap_err();
    assert_eq!(
        error.text,
        "- at '/a': 'http://[zz:1]/' is not valid uri: parse \"http://[zz:1]/\": invalid host: ParseAddr(\"zz:1\"): unable to parse IP\n"
    );
}
