//! Where Go would run out of memory or stack, a clear error; never a panic.

use std::any::Any;
use std::rc::Rc;

use gostd::Value;
use gotemplate::Set;
use sprig::Host;

fn render(template: &str) -> Result<String, String> {
    let mut set = Set::new(&[sprig::FUNCS]);
    set.parse("c", template).map_err(|err| err.text)?;
    let extensions: Vec<Rc<dyn Any>> = vec![Rc::new(Host::system())];
    let out = set.execute("c", &Value::map(Default::default()), extensions).map_err(|err| err.text)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// What fails, and what the error says.
const TOO_MUCH: &[(&str, &str)] = &[
    (r#"{{ repeat 9000000000000000000 "ab" }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ repeat 33554433 "a" }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ indent 9223372036854775807 "a" }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ nindent 40000000 "a" }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ repeat 30000000 "a" | replace "a" "bbb" | len }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ wrapWith 1 (repeat 1000000 "x") (repeat 1000000 "a") | len }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ $x := repeat 20000000 "a" }}{{ cat $x $x }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ $x := repeat 20000000 "a" }}{{ quote $x $x | len }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ $x := repeat 20000000 "a" }}{{ join $x (list 1 2 3) | len }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ repeat 30000000 "a" | b64enc | len }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ repeat 30000000 "a" | b32enc | len }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ randAlpha 33554433 | len }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ randBytes 9223372036854775807 | len }}"#, "exceeds the limit of 33554432 bytes"),
    (r#"{{ until 2000001 }}"#, "exceeds the limit of 2000000 items"),
    (r#"{{ until -9223372036854775808 }}"#, "exceeds the limit of 2000000 items"),
    (r#"{{ untilStep 0 9223372036854775807 4611686018427387904 }}"#, "exceeds the limit of 2000000 items"),
    (r#"{{ seq 1 9223372036854775806 }}"#, "exceeds the limit of 2000000 items"),
    (r#"{{ repeat 2000002 "a," | splitList "," }}"#, "exceeds the limit of 2000000 items"),
    (r#"{{ repeat 2000002 "a" | splitList "" }}"#, "exceeds the limit of 2000000 items"),
    (r#"{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ deepCopy $d }}"#, "nested deeper than 10000 levels"),
    (
        r#"{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $e := dict }}{{ $_ := set $e "d" $e }}{{ mustMerge $d $e }}"#,
        "nested more than 10000 levels deep",
    ),
];

#[test]
fn growth_is_limited() {
    on_a_large_stack(|| {
        for (template, want) in TOO_MUCH {
            match render(template) {
                Ok(out) => panic!("{template} printed {} bytes", out.len()),
                Err(err) => assert!(err.contains(want), "{template}: {err}"),
            }
        }
    });
}

#[test]
fn odd_numbers_do_not_panic() {
    let numbers = ["-9223372036854775808", "9223372036854775807", "-1", "0", "1", "4", "7"];
    let calls = [
        r#"abbrev N "日本語 text""#,
        r#"abbrevboth N M "日本語 text that is long""#,
        r#"trunc N "日本語""#,
        r#"substr N M "日本語""#,
        r#"wrap N "日本 語 text""#,
        r#"wrapWith N "" "日本 語 text""#,
        r#"splitn "a" N "banana" | len"#,
        r#"chunk N (list 1 2 3)"#,
        r#"slice (list 1 2 3) N M"#,
        r#"round 1.5 N"#,
        r#"div N M"#,
        r#"mod N M"#,
        r#"mul N M"#,
        r#"sub N M"#,
        r#"randInt N M"#,
        r#"plural "a" "b" N"#,
        r#"float64 N"#,
        r#"addf N M"#,
        r#"divf N M"#,
        r#"seq N 2 M | len"#,
        r#"genSelfSignedCertWithKey "a" nil nil N (genPrivateKey "ed25519") | kindOf"#,
    ];
    on_a_large_stack(move || {
        for call in calls {
            for n in numbers {
                for m in numbers {
                    let _ = render(&format!("{{{{ {} }}}}", call.replace('N', n).replace('M', m)));
                }
            }
        }
    });
}

/// As the program runs it: nested values recurse.
fn on_a_large_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(test).expect("a thread");
    thread.join().expect("the test passes");
}
