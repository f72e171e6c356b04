//! The names are those of sprig 3.3.0's `genericMap` without `env` and `expandenv`, which Helm removes
//! (`data/names.txt`: the keys in its functions.go, sorted).

const NAMES: &str = include_str!("data/names.txt");

#[test]
fn names_are_complete_and_sorted() {
    let ours: Vec<&str> = sprig::FUNCS.iter().map(|func| func.name).collect();
    let theirs: Vec<&str> = NAMES.lines().collect();
    assert_eq!(ours, theirs);
}

#[test]
fn variadic_functions_have_a_parameter_to_repeat() {
    for func in sprig::FUNCS {
        assert!(!func.variadic || !func.params.is_empty(), "{}", func.name);
    }
}
