"""The snippets that regen.py runs. Every one must be deterministic."""
import base64
import random
from itertools import product

# One of each sort of value that a template can hold.
VALUES = [
    "nil", "true", "false", "0", "1", "-1", "42", "1.5", "1e3", "9223372036854775807", "0x10", "'a'", '""', '"a"', '"hello world"',
    '"08"', '"0x10"', '"1_000"', '"10.0"', '"abc.00"', '"1e3"', '"-5"', '"true"', '"99999999999999999999"', '" 7"',
    "(list)", '(list 1 "a" nil)', '(list "b" "a" "b")', "(dict)", '(dict "b" 1 "a" (list 2))', "(int64 5)", "(float64 2.5)",
    '(float64 "NaN")', '(float64 "Inf")', '(float64 "-1e300")', '(b64dec "//5h")', '(splitList "," "b,a,c")', "(until 3)", '(semver "1.2.3-rc.1+b5")',
    '(split "/" "a/b")', "(rest list)", '(chunk 2 (list 1 2 3))', ".Values.int", ".Values.float", ".Values.big", ".Values.nil", ".Values.missing",
    ".Values.list", ".Values.mixed", ".Values.map", ".Values.nomap", ".Values.uni", ".Values", ".Capabilities.APIVersions", ".Files", ".Chart",
    ".Release.Revision", ".Release.IsInstall", "1i",
]
# Values whose text is stable when printed whole (not .Files, whose content is bytes, nor .Capabilities).
PLAIN = [v for v in VALUES if not v.startswith((".Cap", ".Files", ".Chart"))]
STRINGS = [
    '""', '"a"', '"Hello World"', '"  padded\\t\\n"', '"FooBarBaz"', '"foo_bar-baz qux"', '"HTTPServer20xOK"', '"日本語 text ÀÉñ"', '(b64dec "YWL/Y2Qg/w==")',
    '"a,b,,c"', '"$$x$$"', '"line1\\nline2\\n"', '"ǆ ǅ ß ŉ ﬁ"', '"x"', '"aaa"', '"\\u00a0nb\\u0085sp\\u2003em"', '"tab\\there"', '"it\'s \\"q\\" <&>"', '"\\x00\\x7f"',
]


def one_argument():
    typed = "typeOf kindOf".split()
    for f in typed:
        for v in VALUES:
            yield "{{ %s %s }}" % (f, v)
    printed = ("toString quote squote cat empty int int64 float64 toDecimal add1 add max min maxf minf ceil floor toStrings sortAlpha "
               "first last rest initial reverse compact uniq list tuple all any coalesce toJson toPrettyJson toRawJson mustToRawJson mustToPrettyJson mustToJson").split()
    for f in printed:
        for v in PLAIN:
            yield "{{ %s %s }}" % (f, v)
    for f in "mustFirst mustLast mustRest mustInitial mustReverse mustCompact mustUniq append prepend has deepCopy mustDeepCopy".split():
        for v in ["nil", "1", '"a"', "(list)", "(list 1 2 0)", "(dict)", '(dict "a" 1 "b" (list nil 1))', "(until 2)", ".Values.missing", ".Values.list", ".Values.map", "(rest list)"]:
            yield "{{ %s %s }}" % (f, v)
            yield "{{ %s %s | toJson }}" % (f, v)
    for f in "trim upper lower title untitle initials nospace swapcase snakecase camelcase kebabcase b64enc b32enc sha1sum sha256sum sha512sum adler32sum regexQuoteMeta base dir clean ext isAbs osBase osDir osClean osExt osIsAbs atoi hello".split():
        for v in STRINGS:
            yield "{{ %s %s | quote }}" % (f, v)
        for v in ["1", "nil", "(list)", ".Values.missing", ".Values.int", "true"]:
            yield "{{ %s %s }}" % (f, v)
    for f in "add1f addf".split():
        for v in ["nil", "1", "1.5", '"2.5"', "0.1", "1e300", '"abc"', '(float64 "NaN")', '(float64 "Inf")', "-0.0", "123456789.123456789", "true", "(list)"]:
            yield "{{ %s %s }}" % (f, v)


def numbers():
    nums = ["0", "1", "-1", "7", "-7", "2.9", "-2.9", '"3"', '"x"', "nil", "9223372036854775807", "true"]
    for f in "sub div mod mul add max min biggest".split():
        for a, b in product(nums, nums):
            yield "{{ %s %s %s }}" % (f, a, b)
    floats = ["0", "0.1", "0.2", "3", "-1.5", '"1e-7"', "1e22", "nil", "123.456", "1e-300"]
    for f in "addf subf mulf divf maxf minf".split():
        for a, b in product(floats, floats):
            yield "{{ %s %s %s }}" % (f, a, b)
    for f in "addf subf mulf divf maxf minf".split():
        yield "{{ %s }}" % f
        yield "{{ %s 1 2.5 3 }}" % f
        yield '{{ %s (float64 "Inf") 1 }}' % f
        yield '{{ %s 1 (float64 "NaN") }}' % f
        yield "{{ %s 1e308 1e308 10 }}" % f
    for a in ["1.5", "2.5", "-1.5", "-2.5", "123.456", "0.5", "1e10", "nil", '"3.14159"', "0", "1.005", "99999999.5555", "-0.4", "1e300", '(float64 "Inf")', '(float64 "NaN")']:
        for p in ["0", "1", "2", "-1", "5", "22", "30", "-30", "310", "-310", "400", "100"]:
            yield "{{ round %s %s }}" % (a, p)
    for a, p, o in product(["1.4", "1.5", "1.6", "-1.4", "-1.6"], ["0", "1"], ["0.5", "0.6", "0.4", "1.0", "0.0", "-1.0"]):
        yield "{{ round %s %s %s }}" % (a, p, o)
    yield "{{ round 1.5 0 1 }}"
    yield '{{ round 1.5 "0" }}'
    yield "{{ round 1.5 1.0 }}"
    yield "{{ round 1.5 0 0.3 9.9 }}"
    for n in ["0", "1", "5", "-3", "1.5", '"3"', "nil", "-1"]:
        yield "{{ until %s }}" % n
    for a, b, c in product(["0", "3", "-3"], ["0", "5", "-5"], ["1", "2", "-1", "-2", "0"]):
        yield "{{ untilStep %s %s %s }}" % (a, b, c)
        yield "{{ seq %s %s %s }}" % (a, c, b)
    for args in ["", "0", "1", "5", "-2", "2 5", "5 2", "0 0", "1 2 3 4", '"5"', "nil", "1.0", "2 2 10", "10 -3 0"]:
        yield "{{ seq %s }}" % args
    yield "{{ until 3 | toJson }} {{ until 0 | toJson }} {{ typeOf (until 0) }} {{ kindOf (seq 3) }}"
    for s in ["int \"08\"", "int \"010\"", "int64 \"0b101\"", "int64 \"0o17\"", "int \"1_0\"", "int \"_1\"", "int \".0\"", "int \"1.50\"", "int \"100\"", "int \"000\"", "int \"+5\"", "int \"0x1F.00\"",
              "float64 \"0x1p4\"", "float64 \"1_0\"", "float64 \"infinity\"", "float64 \"1e400\"", "float64 \".5\"", "float64 \"5.\"", "toDecimal \"0777\"", "toDecimal 777", "toDecimal \"0o7\"", "toDecimal \"8\"",
              "toDecimal \"-7\"", "toDecimal 1.5", "toDecimal \"7777777777777777777777777\"", "atoi \"-12\"", "atoi \"+12\"", "atoi \"1_2\"", "atoi \"99999999999999999999\"", "atoi \"-99999999999999999999\"",
              "int 1e18", "int 1e19", "int -1e19", "int64 (float64 \"NaN\")", "int64 (float64 \"-Inf\")", "float64 (int64 9007199254740993)", "randInt 5 6", "randInt 5 5", "randInt 6 5"]:
        yield "{{ %s }}" % s
        yield "{{ %s | typeOf }}" % s


def strings():
    for n, s in product(["0", "1", "3", "-1", "-3", "100", "-100", "9223372036854775807", "-9223372036854775808"], STRINGS):
        yield "{{ trunc %s %s | quote }}" % (n, s)
    for a, b in product(["-1", "0", "2", "5", "100"], repeat=2):
        for s in ['"hello"', '""', '"日本"']:
            yield "{{ substr %s %s %s | quote }}" % (a, b, s)
    for n in ["-5", "0", "3", "4", "5", "8", "11", "20"]:
        for s in ['"hello world"', '""', '"日本語 text"', '"abcd"']:
            yield "{{ abbrev %s %s | quote }}" % (n, s)
    for a, b in product(["-3", "0", "1", "4", "5", "6", "8", "50"], ["0", "3", "4", "6", "7", "8", "10", "30"]):
        yield '{{ abbrevboth %s %s "1234 5678 9123 hello" | quote }}' % (a, b)
    for n in ["-1", "0", "1", "3", "5", "10", "80"]:
        for s in ['"hello big wide world"', '"nospaceatallinhere"', '"a  b   c"', '" lead trail "', '"日本 語x"', '""']:
            yield "{{ wrap %s %s | quote }}" % (n, s)
            yield '{{ wrapWith %s "|" %s | quote }}' % (n, s)
            yield '{{ wrapWith %s "" %s | quote }}' % (n, s)
    for f in "trimAll trimall trimSuffix trimPrefix contains hasPrefix hasSuffix splitList split".split():
        for a, s in product(['""', '"a"', '"$"', '","', '" "', '"line"', '"語"', '(b64dec "/w==")'], STRINGS[:14]):
            yield "{{ %s %s %s | toJson }}" % (f, a, s)
        yield "{{ %s 1 \"a\" }}" % f
        yield "{{ %s \"a\" nil }}" % f
        yield "{{ %s \"a\" }}" % f
    for n, s in product(["-1", "0", "1", "2", "3", "10"], ['"a,b,c,d"', '""', '"abc"', '",,"']):
        yield '{{ splitn "," %s %s | toJson }}' % (n, s)
        yield '{{ splitn "" %s %s | toJson }}' % (n, s)
    for n, s in product(["0", "1", "4", "-1"], ['""', '"a"', '"a\\nb"', '"\\n\\n"', '.Values.text', '"a\\r\\nb\\n"']):
        yield "{{ indent %s %s | quote }}" % (n, s)
        yield "{{ nindent %s %s | quote }}" % (n, s)
    for n, s in product(["-1", "0", "1", "3"], ['""', '"ab"', '"日"']):
        yield "{{ repeat %s %s | quote }}" % (n, s)
    for a, b, s in product(['""', '"a"', '"aa"', '","', '"語"'], ['""', '"-"', '"aa"'], ['""', '"aaa"', '"a,b"', '"日本語"', '(b64dec "YWL/Y2Qg/w==")']):
        yield "{{ replace %s %s %s | b64enc }}" % (a, b, s)
    for n in ["0", "1", "2", "-1", "nil", '"1"']:
        yield '{{ plural "one" "many" %s }}' % n
    for args in ["", "nil", "nil nil", '"a" nil "b"', '1 2.5 true', '(list 1 "a") (dict "a" 1)', '"a\\"b" "\\\\"', '(b64dec "/2E=")', '"\\u2028\\x01\\n"', "1e20 1e21 0.000001 1e-7", '.Values.int .Values.big', '"%d" "%s"']:
        for f in "quote squote cat list coalesce all any dict concat keys seq add".split():
            yield "{{ %s %s }}" % (f, args)
    for s, v in product(['","', '""', '"-"'], ["nil", "1", '"abc"', "(list)", '(list 1 nil "a" 2.5)', '(list (list 1 2) (dict "a" 1))', '(splitList "," "x,y")', "(until 4)", ".Values.list", ".Values.mixed", ".Values.map", ".Values.missing", "true"]):
        yield "{{ join %s %s }}" % (s, v)
    yield '{{ $l := splitList "," "c,a,b" }}{{ sortAlpha $l }}{{ $l }}'
    yield '{{ $l := splitList "," "c,a,b" }}{{ $m := toStrings $l }}{{ sortAlpha $m }}{{ $l }}{{ first $l }}'
    yield '{{ $l := list "c" "a" "b" }}{{ sortAlpha $l }}{{ $l }}'
    yield '{{ shuffle "" }}{{ shuffle "aaa" }}{{ shuffle "abc" | len }}'
    for s in STRINGS + ['"FirstName"', '"NoHTTPS"', '"GO_PATH"', '"GO PATH"', '"GO-PATH"', '"http2xx"', '"HTTP20xOK"', '"Duration2m3s"', '"Bld4Floor3rd"', '"_complex__case_"', '"some_words"', '"HTTP_SERVER"', '"aB1c2D3"', '"1a2B"', '"foo.bar"', '"foo..Bar"', '"--a--B--"',
                        '"ABC日本Def"', '"x1"', '"X1"', '"x1-y2"', '"x.1.Y"', '"ÀÉÎ"', '"éÀbC"', '"a1B"', '"A1B2"', '"  A  b "', '"$Foo$Bar"', '"foo§Bar1"', '"№5Ⅷ½"', '(b64dec "QUL/Q2Q=")', '(b64dec "/0E=")', '(b64dec "Qf8=")', '"_"', '"A"', '"aA_"', '"12"', '"1-2"']:
        for f in "camelcase snakecase kebabcase swapcase untitle title initials nospace".split():
            yield "{{ %s %s | b64enc }}" % (f, s)
    for s in ['""', '"YQ=="', '"YQ="', '"YQ"', '"YWI="', '"YWJj"', '"YW\\nJj"', '"YQ=a"', '"YQ==a"', '"Y=Q="', '"=YQ="', '"YQ=\\n="', '"YQ==\\n"', '"!@#$"', '"YWJjZA"', '"YWJj ZGVm"', '"YWJjZGVmZ2hpams"', '"A"', '"_-_-"', '"YWJjZGVmZ2hp!A=="']:
        yield "{{ b64dec %s }}" % s
    for s in ['""', '"MFRGG==="', '"MFRGG"', '"MFRGG=="', '"ME======"', '"MFRA===="', '"MFRGG2A="', '"mfrgg==="', '"MF\\nRGG==="', '"M======="', '"MFR====="', '"MFRGGZ=="', '"MFRGG===A"', '"MFRGGZDF"', '"1"', '"=MFRGG=="', '"ME=====A"', '"ME====="', '"ME======ME======"']:
        yield "{{ b32dec %s }}" % s


def collections():
    lists = ["nil", "1", '"abc"', "(list)", '(list 1 2 3)', '(list "a" nil "a" 1 1.0 (int64 1))', '(splitList "," "x,y,x")', "(until 4)", ".Values.mixed", ".Values.list", ".Values.map", "(rest list)", '(list (list 1) (list 1) (dict "a" 1) (dict "a" 1))']
    for l in lists:
        for f in "append push prepend mustAppend mustPush mustPrepend".split():
            yield "{{ %s %s \"n\" | toJson }}" % (f, l)
        yield "{{ append %s nil | toJson }}" % l
        for i in ["", "0", "1", "0 1", "1 3", "2 1", "-1", "0 10", '"1"', "1.9", "nil nil", "0 2 9"]:
            yield "{{ slice %s %s | toJson }}" % (l, i)
        yield "{{ mustSlice %s 0 1 | typeOf }}" % l
        for v in ["1", '"a"', "nil", "1.0", '(list 1)', '(dict "a" 1)', "(int64 1)", '"x"']:
            yield "{{ has %s %s }}" % (v, l)
            yield "{{ mustHas %s %s }}" % (v, l)
            yield "{{ without %s %s | toJson }}" % (l, v)
        yield "{{ mustWithout %s 1 2 | toJson }}" % l
        yield "{{ without %s | toJson }}" % l
        for n in ["-2", "-1", "0", "1", "2", "3", "10"]:
            yield "{{ chunk %s %s | toJson }}" % (n, l)
        yield "{{ mustChunk 2 %s | typeOf }}" % l
        for m in ["(list)", "(list 9)", "nil", '"a"', '(dict "a" 1)']:
            yield "{{ concat %s %s | toJson }}" % (l, m)
        for f in "first last rest initial reverse compact uniq toStrings sortAlpha".split():
            yield "{{ %s %s | toJson }}" % (f, l)
            yield "{{ typeOf (%s %s) }}" % (f, l)
        yield "{{ range $i, $x := %s }}{{ $i }}={{ $x }};{{ end }}" % l
    maps = ["nil", "1", "(list)", "(dict)", '(dict "a" 1 "b" nil)', ".Values", ".Values.map", ".Values.missing", '(split "," "a,b")', ".Chart"]
    for m in maps:
        for f in ['get %s "a"', 'get %s "zz"', 'hasKey %s "a"', 'hasKey %s "b"', 'unset %s "a" | toJson', 'hasKey (set %s "n" 1) "n"', 'pick %s "a" "b" "zz" | toJson', 'omit %s "a" | len', 'pick %s | toJson', 'pluck "a" %s | toJson', 'keys %s | len', 'values %s | len', 'get %s 1', 'omit %s "a" | typeOf', 'set %s "n" 1 | typeOf', 'unset %s "q" | typeOf', 'merge %s (dict "q" 1) | typeOf', 'pick %s 1']:
            yield "{{ %s }}" % (f % m)
        yield '{{ hasKey (merge (dict "n" 1) %s) "n" }}' % m
        yield '{{ keys %s | sortAlpha | toJson }}{{ values %s | sortAlpha | toJson }}' % (m, m)
    yield '{{ hasKey (set (dict) "a" 1) "a" }}'
    yield '{{ $d := dict "a" 1 }}{{ $e := set $d "b" 2 }}{{ $d }}{{ $_ := unset $e "a" }}{{ $d }}'
    yield '{{ pluck "a" (dict "a" 1) (dict "b" 2) (dict "a" nil) | toJson }}'
    yield '{{ keys (dict "a" 1) (dict "b" 2) }}'
    yield '{{ dict "a" }} {{ dict 1 2 }} {{ dict nil 1 }} {{ dict (list 1) 1 2.5 3 }} {{ dict "a" 1 "a" 2 }}'
    for path in ['"a"', '"a" "b"', '"a" "b" "c"', '"a" "zz"', '"zz" "b"', '1', '"a" 1', '"a" "s" "x"', '"a" "n" "x"', '"l" "x"']:
        yield '{{ dig %s "dflt" (dict "a" (dict "b" (dict "c" 5) "s" "str" "n" nil) "l" (list 1)) }}' % path
    for args in ["", "1", '"a" "b"', '"a" "b" nil', '"a" "b" 1', '"a" "b" (list)', '"a" "b" .Values', '"int" "b" (merge (dict) .Values)', '"a" "x" (split "," "a")', '"map" "nested" "x" "y" "d" (merge .Values (dict))', '"a" nil (dict "a" nil)', '"b" nil (dict)']:
        yield "{{ dig %s }}" % args
    for v in ["nil", "1", '"a"', '(list 1 (list 2) (dict "a" nil))', '(dict "a" (dict "b" 1))', "(until 2)", "(rest list)", '(splitList "," "a,b")', "(list nil)", "1.5", "true"]:
        yield "{{ deepCopy %s | toJson }}" % v
        yield "{{ typeOf (mustDeepCopy %s) }}" % v
    yield '{{ $a := dict "x" (dict "y" 1) }}{{ $b := deepCopy $a }}{{ $_ := set $b.x "y" 2 }}{{ $a }}{{ $b }}'


MERGE_VALUES = ["nil", "0", "1", '""', '"s"', "false", "true", "(list)", "(list 1)", "(list 2 3)", "(dict)", '(dict "k" 1)', '(dict "k" 2 "m" 3)', '(dict "k" "")', '(dict "k" nil "m" (dict))', "0.0", '(split "," "v")', "(until 2)", "(rest list)", '(semver "1.2.3")']


def merging():
    for f in ["merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"]:
        for a, b in product(MERGE_VALUES, MERGE_VALUES):
            if f.startswith("must") and "semver" not in a and "split" not in a:
                continue
            # Two entries, so that the destination is not empty as a whole.
            yield '{{ %s (dict "v" %s "o" 1) (dict "v" %s) | toJson }}' % (f, a, b)
        for b in MERGE_VALUES:
            yield '{{ %s (dict) (dict "v" %s) | toJson }}' % (f, b)
            yield '{{ %s (dict "o" 1) (dict "v" %s) | toJson }}' % (f, b)
            yield '{{ %s (dict "n" (dict "v" %s "o" 2)) (dict "n" (dict "v" 9 "w" 8)) | toJson }}' % (f, b)
            yield '{{ %s (dict "n" (dict "o" 2)) (dict "n" (dict "v" %s)) | toJson }}' % (f, b)
        yield "{{ %s nil | toJson }}" % f
        yield "{{ %s nil nil | toJson }}" % f
        yield '{{ %s nil (dict "a" 1) | toJson }}' % f
        yield '{{ %s (dict "a" 1) nil (dict "b" 2) | toJson }}' % f
        yield '{{ %s (dict "a" 1) (list) }}' % f
        yield '{{ %s (dict "a" 1) "x" }}' % f
        yield "{{ %s }}" % f
        yield '{{ %s (dict "a" 1) (dict "a" 2 "b" 2) (dict "a" 3 "b" 3 "c" 3) | toJson }}' % f
        # References: what of the source lives on in the destination.
        yield '{{ $s := dict "n" (dict "a" 1) }}{{ $d := dict }}{{ $_ := %s $d $s }}{{ $_ := set $d.n "a" 2 }}{{ $s | toJson }}{{ $d | toJson }}' % f
        yield '{{ $s := dict "n" (dict "a" 1) }}{{ $d := dict "n" (dict) }}{{ $_ := %s $d $s }}{{ $_ := set $d.n "a" 2 }}{{ $s | toJson }}{{ $d | toJson }}' % f
        yield '{{ $s := dict "n" (dict "a" (dict "b" 1)) }}{{ $d := dict "n" (dict "c" 1) }}{{ $_ := %s $d $s }}{{ $_ := set $d.n.a "b" 2 }}{{ $s | toJson }}{{ $d | toJson }}' % f
        yield '{{ $a := dict "n" (dict "x" 1) }}{{ $b := dict "n" (dict "y" 2) }}{{ $d := %s (dict) $a $b }}{{ $a | toJson }}{{ $b | toJson }}{{ $d | toJson }}' % f
        yield '{{ $d := dict "a" 1 }}{{ $r := %s $d (dict "b" 2) }}{{ $_ := set $r "c" 3 }}{{ $d | toJson }}' % f
        yield '{{ $d := dict "a" (dict "b" 1) }}{{ %s $d $d | toJson }}' % f
        yield '{{ $d := dict "a" "x" }}{{ $r := %s $d (dict "a" (dict "b" 1)) }}{{ $_ := set $d "z" 1 }}{{ $r | toJson }}' % f
        yield '{{ %s (deepCopy .Values.map) (dict "nested" (dict "x" (dict "y" "w" "q" 1) "l" (list 9))) | toJson }}' % f
        yield '{{ typeOf (%s .Values (dict)) }} {{ typeOf (%s (dict) .Values) }} {{ (%s (dict "int" 1) .Values).int }}' % (f, f, f)


def misc():
    for d, g in product(['"d"', "1", "nil", "(list 1)"], ["", "nil", '""', "0", "0.0", "false", "true", '"x"', "(list)", "(list 0)", "(dict)", '(dict "a" nil)', ".Values.missing", ".Values.nil", ".Values.no", ".Values.zero", ".Values.none", ".Values.nomap", "1i", "0i", '(semver "1.0.0")', "(rest list)"]):
        yield "{{ default %s %s }}" % (d, g)
    yield '{{ default "a" "" "b" }}{{ "" | default "z" }}{{ default }}'
    for c in ["true", "false", "nil", "1", '"true"', ".Values.yes", ".Values.missing", "(list)"]:
        yield '{{ ternary "a" "b" %s }}' % c
        yield '{{ %s | ternary 1 nil }}' % c
    for t, v in product(['"string"', '"int"', '"float64"', '"map[string]interface {}"', '"[]interface {}"', '"semver.Version"', '"*semver.Version"', '"bool"', '"<nil>"', '"slice"', '"map"', '"ptr"', '"invalid"', '"common.Values"'],
                        ['"a"', "1", "1.5", "(dict)", "(list)", '(semver "1.2.3")', "true", "nil", ".Values", ".Values.list", "(until 1)"]):
        yield "{{ typeIs %s %s }}{{ typeIsLike %s %s }}{{ kindIs %s %s }}" % (t, v, t, v, t, v)
    eq = ["nil", "1", "(int64 1)", "1.0", '"1"', "true", "(list)", "(rest list)", "(list 1)", "(until 2)", "(list 0 1)", "(dict)", '(dict "a" (list 1))', '(semver "1.2.3")', '(float64 "NaN")', '(splitList "," "a")', '(list "a")', ".Values.ints", ".Values"]
    for a, b in product(eq, eq):
        yield "{{ deepEqual %s %s }}" % (a, b)
    for j in ['"{}"', '"[1,2.5,\\"a\\",null,true]"', '"{\\"a\\":{\\"b\\":[]}}"', '""', '"nope"', '"[1,"', '"1 2"', '"\\"s\\""', '"null"', '"1e400"', '"{\\"a\\":1,\\"a\\":2}"', "1", "nil"]:
        yield "{{ fromJson %s }}" % j
        yield "{{ mustFromJson %s | toRawJson }}" % j
        yield "{{ typeOf (mustFromJson %s) }}" % j
    for v in ['"<a>&\\u2028"', '(b64dec "/2E=")', '(dict "b" "<" "a" (list 1 2.5 nil))', "1e20", "1e21", "1e-7", "0.000001", '(float64 "NaN")', "(list)", "(rest list)", '(dict "a" (dict))', "(until 3)", '(splitList "," "")', '(semver "1.2.3-a+b")', ".Values.mixed", '(chunk 1 (list 1))', '(list (float64 "Inf"))', "'x'", '(regexFindAll "z" "a" -1)']:
        for f in "toJson toPrettyJson toRawJson mustToJson mustToPrettyJson mustToRawJson toString".split():
            yield "{{ %s %s }}" % (f, v)


def regexes():
    pats = ['"a"', '"[0-9]+"', '"(a)(b)?"', '"^$"', '""', '"("', '"a**"', '"\\\\d{2,}"', '"(?i)HELLO"', '"[z-a]"', '"\\\\Qa.b\\\\E"', '"(?P<n>a)"', '"`("', '"日."', '"\\\\pX"', '"x{1001}"']
    texts = ['""', '"abc aab 123"', '"hello 日本語 12"', '(b64dec "Yf9h")', '"a.b"']
    for p, t in product(pats, texts):
        yield "{{ regexMatch %s %s }}" % (p, t)
        yield "{{ mustRegexMatch %s %s }}" % (p, t)
        yield "{{ regexFind %s %s | quote }}" % (p, t)
        yield "{{ mustRegexFind %s %s | quote }}" % (p, t)
        for n in ["-1", "0", "1", "2"]:
            yield "{{ regexFindAll %s %s %s | toJson }}" % (p, t, n)
            yield "{{ regexSplit %s %s %s | toJson }}" % (p, t, n)
        yield "{{ mustRegexFindAll %s %s -1 | toJson }}" % (p, t)
        yield "{{ mustRegexSplit %s %s -1 | toJson }}" % (p, t)
        for r in ['""', '"-$0-"', '"${1}x$2$"', '"$n$$"']:
            yield "{{ regexReplaceAll %s %s %s | b64enc }}" % (p, t, r)
            yield "{{ regexReplaceAllLiteral %s %s %s | b64enc }}" % (p, t, r)
        yield '{{ mustRegexReplaceAll %s %s "<$1>" | quote }}' % (p, t)
        yield '{{ mustRegexReplaceAllLiteral %s %s "<$1>" | quote }}' % (p, t)


def versions():
    vs = ['"1.2.3"', '"v1.2.3"', '"1.2"', '"1"', '"1.2.3-rc.1"', '"1.2.3+b5"', '"v1.30.0-gke.1"', '""', '"a.b"', '"1.2.3.4"', '"01.2.3"', '" 1.2.3"', '"1.2.3-"', '"99999999999999999999.0.0"', '"1.2.3-01"']
    cs = ['"*"', '""', '">=1.2.0"', '"^1.2"', '"~1.2.3"', '"1.x"', '">1.0.0 <2.0.0"', '">1, <1.2 || >=3"', '"=1.2.3"', '"!=1.2.3"', '"1.2 - 1.4"', '">=1.2.3-0"', '"<1.2.3"', '"foo"', '">=v1.2"', '"=>1.0"', '"~> 1"', '"^0.0.1"', '">= 1.2.x"', '"||"', '">=1.2.3-rc.0"']
    for v in vs:
        yield "{{ semver %s }}" % v
        yield "{{ with semver %s }}{{ .Major }} {{ .Minor }} {{ .Patch }} {{ .Prerelease }} {{ .Metadata }} {{ .Original }}{{ end }}" % v
        for c in cs:
            yield "{{ semverCompare %s %s }}" % (c, v)
    yield '{{ (semver "1.2.3").Compare (semver "1.2.4") }}{{ (semver "1.2.3").LessThan (semver "1.2.4") }}{{ (semver "1.2.3").IncMinor }}{{ (semver "1.2.3").IncMajor.String }}'
    yield '{{ (semver "1.2.3").Equal (semver "1.2.3+a") }} {{ (semver "1.2.3") | toJson }} {{ typeOf (semver "1.2.3") }} {{ kindOf (semver "1.2.3") }}'
    yield "{{ semverCompare 1 2 }}"
    yield '{{ semverCompare ">1" }}'
    yield "{{ semver nil }}"


def urls():
    us = ['""', '"http://example.com"', '"https://user:p%40ss@host.tld:8080/a/b%20c?q=1&r=2#frag%20x"', '"mailto:a@b.c"', '"/rel/path?x"', '"//host/p"', '"http://[::1]:80/"', '"http://[fe80::1%25en0]/"', '":bad"', '"http://a b/"', '"http://host:port/"', '"%zz"', '"http://x/%zz"', '"a\\x7fb"', '"http://u@h?q#"', '"http://user:@h/"', '"HTTP://EXAMPLE.com/"', '"proto://auth@host:80/path?query#fragment"', '"http:opaque?q"', '"http://h/a;b=c"', '"1http://x"', '"http://h#a#b"', '"/日本?ü#é"']
    for u in us:
        yield "{{ urlParse %s | toJson }}" % u
        yield "{{ urlParse %s | urlJoin }}" % u
    for d in ["(dict)", '(dict "host" "h" "path" "p")', '(dict "scheme" "http" "host" "h:80" "path" "/p" "query" "q=1" "fragment" "f" "userinfo" "u:p" "opaque" "")', '(dict "scheme" "http" "opaque" "x/y")', '(dict "host" 1)', '(dict "host" nil)', '(dict "userinfo" "a b")', '(dict "userinfo" "u%zz" "host" "h")', '(dict "scheme" "s" "path" "no/slash")', '(dict "path" "a:b")', '(dict "scheme" "http" "host" "h" "path" "/a b/ü?#")', "nil", "1", '(dict "scheme" (list 1))', '(dict "path" "//x")', '(dict "userinfo" "u:p/x" "host" "h")']:
        yield "{{ urlJoin %s }}" % d
    for f in "base dir clean ext isAbs osBase osDir osClean osExt osIsAbs".split():
        for p in ['""', '"/"', '"//"', '"a"', '"a/"', '"/a/b/"', '"a/../b"', '"../a"', '"./a//b/./c"', '"a/b.tar.gz"', '".hidden"', '"a.b/c"', '"/../a"', '"a/.."', '"..."', '"C:\\\\x"']:
            yield "{{ %s %s }}" % (f, p)


def dates():
    stamps = ["0", "1700000000", "(int64 1700000000)", "-62135596800", "(toDate \"2006-01-02\" \"2020-02-29\")", '(toDate "2006-01-02T15:04:05Z07:00" "2021-07-04T12:34:56+02:00")']
    layouts = ['"2006-01-02"', '"2006-01-02T15:04:05Z07:00"', '"Mon Jan _2 15:04:05 MST 2006"', '"3:04PM .000 -0700 Monday January 02 06 002"', '""', '"150405.999999999"', '"Jan"', '"__2 PM pm Z0700 Z07 -07:00:00"']
    for s in stamps:
        for l in layouts:
            yield "{{ date %s %s }}" % (l, s)
            for z in ['"UTC"', '"America/New_York"', '"Asia/Tokyo"', '"Nowhere/X"', '""', '"Local"']:
                yield "{{ dateInZone %s %s %s }}" % (l, s, z)
        yield '{{ date_in_zone "2006" %s "UTC" }}' % s
        yield "{{ htmlDate %s }}" % s
        yield '{{ htmlDateInZone %s "Asia/Tokyo" }}' % s
    for t in ['(toDate "2006-01-02" "2020-02-29")', '(toDate "2006-01-02" "bad")', '(toDate "2006-01-02 15:04:05 MST" "2020-02-29 01:02:03 CET")']:
        yield "{{ %s }}" % t
        yield "{{ unixEpoch %s }}" % t
        yield "{{ typeOf %s }} {{ kindOf %s }} {{ empty %s }}" % (t, t, t)
        yield "{{ %s | toJson }}" % t
        for d in ['"1h"', '"-1.5h"', '"+24h10m"', '"bad"', '""', '"1d"', '"100ms"']:
            yield "{{ dateModify %s %s }}" % (d, t)
            yield "{{ date_modify %s %s | unixEpoch }}" % (d, t)
            yield "{{ mustDateModify %s %s }}" % (d, t)
            yield "{{ must_date_modify %s %s | unixEpoch }}" % (d, t)
    for l, s in [('"2006-01-02"', '"2020-13-01"'), ('"2006-01-02"', '"x"'), ('"2006-01-02"', '"2020-02-30"'), ('"2006"', '"2020 "'), ('""', '""'), ('"Jan 2 2006"', '"Foo 2 2006"'), ('"15:04"', '"25:00"'), ('"2006-01-02T15:04:05Z07:00"', '"2020-01-01T00:00:00Z"')]:
        yield "{{ toDate %s %s }}" % (l, s)
        yield "{{ mustToDate %s %s }}" % (l, s)
    for v in ['"95"', "95", "(int64 95)", '"-3600"', '"x"', "nil", "1.5", '"99999999999999999999"', "(int64 0)", '"86400"', "(int64 9223372036854775807)"]:
        yield "{{ duration %s }}" % v
    for v in ['"2h10m5s"', '"-2h10m"', '"400h"', '"9000h"', '"800h"', '"59s"', '"1s"', '"1500ms"', '"bad"', "1", "(int64 120000000000)", "nil", '"60s"', '"61s"', '"-9000h"', '"24h"', '"25h"', "1.5", '(int64 -9223372036854775808)']:
        yield "{{ durationRound %s }}" % v
    yield '{{ typeOf now }} {{ kindOf now }} {{ dateModify "bad" 1 }}'
    yield "{{ unixEpoch 1 }}"
    yield "{{ unixEpoch nil }}"
    yield '{{ dateModify "1h" nil }}'
    yield "{{ ago 1 | typeOf }} {{ htmlDate nil | len }} {{ date \"2006\" \"x\" | len }}"
    yield '{{ (toDate "2006-01-02" "2020-02-29").Year }} {{ (toDate "2006-01-02" "2020-02-29").Weekday }} {{ (toDate "2006-01-02" "2020-02-29").Month }} {{ (toDate "2006-01-02" "2020-02-29").Format "Jan" }}'
    yield '{{ int (toDate "2006-01-02" "2020-02-29").Month }} {{ ((toDate "2006-01-02" "2020-02-29").Add 3600000000000).UTC }}'
    yield '{{ deepEqual (toDate "2006" "2020") (toDate "2006" "2020") }} {{ deepCopy (toDate "2006" "2020") }}'


def secrets():
    for t in ['"maximum"', '"long"', '"medium"', '"short"', '"basic"', '"pin"', '"x"', '""']:
        yield '{{ derivePassword 1 %s "password" "user" "example.com" }}' % t
    yield '{{ derivePassword 0 "long" "" "" "" }}'
    yield '{{ derivePassword 4294967295 "long" "pw" "ü" "日本" }}'
    yield '{{ derivePassword 4294967296 "long" "pw" "u" "s" }}'
    yield '{{ derivePassword -1 "long" "pw" "u" "s" }}'
    yield '{{ derivePassword (int 1) "long" "pw" "u" "s" }}'
    yield '{{ derivePassword "1" "long" "pw" "u" "s" }}'
    for p, t in product(['"secret"', '""', '"0123456789abcdef0123456789abcdefTOOLONG"'], ['""', '"a"', '"0123456789abcdef"', '"long text über alles, more than one block"']):
        yield "{{ encryptAES %s %s | decryptAES %s }}" % (p, t, p)
        yield "{{ encryptAES %s %s | len }}" % (p, t)
    for c in ['""', '"!"', '"AAAA"', '"AAAAAAAAAAAAAAAAAAAAAA=="', '"AAAAAAAAAAAAAAAAAAAAAAA="', '"AAAAAAAAAAAAAAAAAAAAAAAA"', '"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="', '"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"', '"AAAAAAAAAAAAAAAAAAAA"', '"AAAAAAAAAAAAAAAAAAA="',
              '"30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ="']:
        yield '{{ decryptAES "secret" %s | b64enc }}' % c
    for f in "randAlphaNum randAlpha randAscii randNumeric".split():
        for n in ["0", "1", "10", "-1", '"1"', "nil"]:
            yield "{{ %s %s | len }}" % (f, n)
        yield '{{ regexMatch "^[ -~]{20}$" (%s 20) }}' % f
    yield '{{ regexMatch "^[0-9]{30}$" (randNumeric 30) }}{{ regexMatch "^[a-zA-Z]{30}$" (randAlpha 30) }}{{ regexMatch "^[a-zA-Z0-9]{30}$" (randAlphaNum 30) }}'
    yield '{{ randBytes 0 | quote }} {{ randBytes 1 | len }} {{ randBytes 16 | len }}'
    yield "{{ randBytes -1 }}"
    yield '{{ regexMatch "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" uuidv4 }}'
    yield '{{ bcrypt "x" | len }} {{ bcrypt "x" | trunc 7 }} {{ htpasswd "u" "p" | trunc 9 }}'
    yield '{{ htpasswd "a:b" "p" }}'
    yield '{{ bcrypt (repeat 73 "x") }} {{ bcrypt (repeat 72 "x") | len }}'
    yield '{{ htpasswd "u" (repeat 73 "x") }}'
    yield '{{ genPrivateKey "nope" }}'
    yield "{{ genPrivateKey 1 }}"
    for t in ["ecdsa", "ed25519"]:
        yield '{{ genPrivateKey "%s" | splitList "\\n" | first }}' % t
    yield '{{ getHostByName "x" | quote }}'
    yield '{{ $c := genSelfSignedCert "cn" nil nil 1 }}{{ typeOf $c }} {{ kindOf $c }} {{ empty $c }} {{ $c.Cert | splitList "\\n" | first }} {{ $c.Key | splitList "\\n" | first }}'
    yield '{{ (genSelfSignedCert "cn" nil nil 1).Foo }}'
    for a in ['"cn" (list "1.2.3") nil 1', '"cn" (list 1) nil 1', '"cn" nil (list 1) 1', '"cn" (list "::1" "10.0.0.1") (list "a.b" "") 1 | kindOf', '"cn" (list nil) nil 1', '"cn" "x" nil 1', '"cn" nil nil "1"', '1 nil nil 1', '"cn" nil (list "ü.example") 1', '"cn" (list) (list) 0 | kindOf', '"cn" (list "fe80::1%eth0") nil 1', '"cn" (list "01.2.3.4") nil 1', '"cn" nil (list "a b") 1 | kindOf', '"cn" nil (list (dict)) 1', '"cn" (list (list)) nil 1', '"" nil nil 1 | kindOf', '"cn" nil nil 3650000 | kindOf', '"cn" nil nil -10 | kindOf', '"cn" nil nil 106751 | kindOf', '"cn" nil nil 106752 | kindOf']:
        yield "{{ genSelfSignedCert %s }}" % a
    for a in ['"cn" 1 "x"', '"cn" 1 ""', '"cn" 1 (genPrivateKey "ecdsa") | kindOf', '"cn" 1 (genPrivateKey "ed25519") | kindOf', '"cn" 1 "-----BEGIN FOO-----\\nAA==\\n-----END FOO-----\\n"', '"cn" 1 "-----BEGIN FOO PRIVATE KEY-----\\nAA==\\n-----END FOO PRIVATE KEY-----\\n"', '"cn" 1 "-----BEGIN RSA PRIVATE KEY-----\\nAA==\\n-----END RSA PRIVATE KEY-----\\n"', '"cn" 1 "-----BEGIN EC PRIVATE KEY-----\\nAA==\\n-----END EC PRIVATE KEY-----\\n"', '"cn" 1 "-----BEGIN DSA PRIVATE KEY-----\\nAA==\\n-----END DSA PRIVATE KEY-----\\n"', '"cn" 1 "-----BEGIN PRIVATE KEY-----\\nAA==\\n-----END PRIVATE KEY-----\\n"', '"cn" 1 "-----BEGIN PRIVATE KEY-----\\nMAA=\\n-----END PRIVATE KEY-----\\n"', '"cn" 1 "-----BEGIN PRIVATE KEY-----\\n\\n-----END PRIVATE KEY-----\\n"', '"cn" 1 "-----BEGIN EC PRIVATE KEY-----\\nMAMCAQE=\\n-----END EC PRIVATE KEY-----\\n"']:
        yield "{{ genCAWithKey %s }}" % a
    yield '{{ $k := genPrivateKey "ecdsa" }}{{ eq (genCAWithKey "c" 1 $k).Key $k }}{{ eq (genSelfSignedCertWithKey "c" nil nil 1 $k).Key $k }}'
    yield '{{ $k := genPrivateKey "ed25519" }}{{ eq (genCAWithKey "c" 1 $k).Key $k }}'
    yield '{{ $ca := genCA "ca" 1 }}{{ $c := genSignedCert "c" nil (list "a") 1 $ca }}{{ kindOf $c }}{{ (buildCustomCert ($c.Cert | b64enc) ($c.Key | b64enc)).Cert | eq $c.Cert }}'
    yield '{{ $k := genPrivateKey "ecdsa" }}{{ $ca := genCAWithKey "ca" 1 $k }}{{ $c := genSignedCertWithKey "c" nil nil 1 $ca (genPrivateKey "ed25519") }}{{ kindOf $c }}'
    yield '{{ $a := genCAWithKey "ca" 1 (genPrivateKey "ecdsa") }}{{ $b := genCAWithKey "ca" 1 (genPrivateKey "ecdsa") }}{{ $x := buildCustomCert ($a.Cert | b64enc) ($b.Key | b64enc) }}{{ genSignedCertWithKey "c" nil nil 1 $x (genPrivateKey "ecdsa") }}'
    yield '{{ genSignedCert "c" nil nil 1 nil }}'
    yield '{{ genSignedCert "c" nil nil 1 (dict) }}'
    yield '{{ genSignedCertWithKey "c" nil nil 1 1 "" }}'
    for a in ['"" ""', '"!" ""', '"" "!"', '"YQ==" "YQ=="', '(b64enc "-----BEGIN CERTIFICATE-----\\nAA==\\n-----END CERTIFICATE-----\\n") ""', '(b64enc "-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n") ""', '((genSelfSignedCert "c" nil nil 1).Cert | b64enc) ""', '((genSelfSignedCert "c" nil nil 1).Cert | b64enc) (b64enc "junk")']:
        yield "{{ buildCustomCert %s }}" % a


def seeded():
    """Random arguments, always the same."""
    rnd = random.Random(3)

    def number():
        return rnd.choice([
            lambda: repr(rnd.uniform(-1000, 1000)), lambda: repr(rnd.uniform(-1, 1) * 10 ** rnd.randint(-30, 30)),
            lambda: str(rnd.randint(-10**6, 10**6)), lambda: "%.*f" % (rnd.randint(1, 6), rnd.uniform(-100, 100)),
            lambda: '"%s"' % round(rnd.uniform(-50, 50), 3),
        ])()

    def word():
        return "".join(rnd.choice("aAbBzZ09_-. \u00e9\u00c9\u65e5\u01c6$:") for _ in range(rnd.randint(0, 12)))

    def tree(depth):
        sort = rnd.randint(0, 11 if depth else 8)
        if sort > 8:
            keys = rnd.sample(["a", "b", "c", "d"], rnd.randint(0, 4))
            return "(dict %s)" % " ".join('"%s" %s' % (k, tree(depth - 1)) for k in keys)
        return ["nil", "0", "1", '""', '"s"', "false", "true", "(list)", '(list 1 (dict "a" 1))'][sort]

    for _ in range(300):
        yield "{{ round %s %d }}" % (number(), rnd.randint(-6, 9))
        yield "{{ %s %s %s %s }}" % (rnd.choice("addf subf mulf divf maxf minf".split()), number(), number(), number())
        yield "{{ %s %s }}" % (rnd.choice("ceil floor int int64 float64 add1f toString quote toDecimal".split()), number())
    for _ in range(300):
        w = word()
        yield '{{ %s "%s" | quote }}' % (rnd.choice("camelcase snakecase kebabcase".split()), w)
        yield '{{ %s "%s" | quote }}' % (rnd.choice("title untitle swapcase initials nospace upper lower trim".split()), w)
        yield '{{ wrapWith %d "|" "%s %s" | quote }}{{ wrap %d "%s %s" | quote }}' % (rnd.randint(1, 9), w, word(), rnd.randint(1, 9), word(), w)
        yield '{{ abbrev %d "%s%s" | b64enc }}{{ abbrevboth %d %d "%s%s" | b64enc }}' % (rnd.randint(0, 9), w, word(), rnd.randint(-1, 9), rnd.randint(0, 14), word(), w)
        text = list(base64.b64encode(w.encode()).decode() or "YWJj")
        text[rnd.randrange(len(text))] = rnd.choice("=Aa+ \n"[:5])
        yield '{{ b64dec "%s" | quote }}' % "".join(text)
        text = list(base64.b32encode(w.encode()).decode() or "MFRGG===")
        text[rnd.randrange(len(text))] = rnd.choice("=A7b")
        yield '{{ b32dec "%s" | quote }}' % "".join(text)
    for _ in range(400):
        f = rnd.choice(["mustMerge", "mustMergeOverwrite"])
        yield "{{ $a := (dict \"x\" %s \"y\" %s) }}{{ $b := (dict \"x\" %s \"z\" %s) }}{{ $c := (dict \"y\" %s) }}{{ %s $a $b $c | toJson }}{{ $b | toJson }}{{ $c | toJson }}" % (
            tree(3), tree(3), tree(3), tree(2), tree(2), f)
        yield "{{ deepEqual %s %s }}{{ uniq (list %s %s %s) | toJson }}" % (tree(1), tree(1), tree(1), tree(1), tree(1))


def snippets():
    for part in (one_argument, numbers, strings, collections, merging, misc, regexes, versions, urls, dates, secrets, seeded):
        yield from part()
