//! The functions that Helm adds to Sprig (`pkg/engine/funcs.go` of Helm 4.3.1), or puts in the place of Sprig's.

mod convert;
mod duration;
mod state;
mod templates;

pub(crate) use convert::to_yaml;
pub(crate) use state::State;

use gostd::Type::{self, Any, Float64, Int64, ListAny, MapAny, String};
use gotemplate::func::Func;

const DURATION: Type = Type::Named("time.Duration");

const fn func(name: &'static str, params: &'static [Type], result: Type, call: gotemplate::func::Call) -> Func {
    Func { name, params, variadic: false, result, call }
}

/// Sorted by name; looked up before Sprig's table.
pub static FUNCS: &[Func] = &[
    func("durationDays", &[Any], Float64, duration::days),
    func("durationHours", &[Any], Float64, duration::hours),
    func("durationMicroseconds", &[Any], Int64, duration::microseconds),
    func("durationMilliseconds", &[Any], Int64, duration::milliseconds),
    func("durationMinutes", &[Any], Float64, duration::minutes),
    func("durationNanoseconds", &[Any], Int64, duration::nanoseconds),
    func("durationRoundTo", &[Any, Any], DURATION, duration::round_to),
    func("durationSeconds", &[Any], Float64, duration::seconds),
    func("durationTruncateTo", &[Any, Any], DURATION, duration::truncate_to),
    func("durationWeeks", &[Any], Float64, duration::weeks),
    func("fail", &[String], String, templates::fail),
    func("fromJson", &[String], MapAny, convert::from_json),
    func("fromJsonArray", &[String], ListAny, convert::from_json_array),
    func("fromToml", &[String], MapAny, convert::from_toml),
    func("fromYaml", &[String], MapAny, convert::from_yaml),
    func("fromYamlArray", &[String], ListAny, convert::from_yaml_array),
    func("getHostByName", &[String], String, templates::get_host_by_name),
    func("include", &[String, Any], String, templates::include),
    func("lookup", &[String, String, String, String], MapAny, templates::lookup),
    func("mustToDuration", &[Any], DURATION, duration::must_to_duration),
    func("mustToJson", &[Any], String, convert::must_to_json),
    func("mustToToml", &[Any], String, convert::must_to_toml),
    func("mustToYaml", &[Any], String, convert::must_to_yaml),
    func("required", &[String, Any], Any, templates::required),
    func("toJson", &[Any], String, convert::to_json),
    func("toToml", &[Any], String, convert::to_toml),
    func("toYaml", &[Any], String, convert::to_yaml_call),
    func("toYamlPretty", &[Any], String, convert::to_yaml_pretty),
    func("tpl", &[String, Any], String, templates::tpl),
];
