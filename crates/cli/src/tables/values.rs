//! Where values come from.

use crate::flags::{Flag, Kind};

pub static VALUES: &[Flag] = &[
    Flag::new("values", Kind::StringSlice, "", "YAML file, URL or - for stdin with values (repeatable)").short('f'),
    Flag::array("set", "values as key1=val1,key2=val2 (repeatable)"),
    Flag::array("set-string", "values as strings, key1=val1,key2=val2 (repeatable)"),
    Flag::array("set-file", "values read from files, key1=path1,key2=path2 (repeatable)"),
    Flag::array("set-json", "JSON values, key1=json1,key2=json2 or one JSON object (repeatable)"),
    Flag::array("set-literal", "one value taken as it stands, key=value (repeatable)"),
];
