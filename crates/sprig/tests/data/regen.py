#!/usr/bin/env python3
"""Makes cases.tsv with real Helm: every snippet below, and what `helm template` makes of it.

    HELM=/path/to/helm-4.3.1 python3 regen.py

A line is SNIPPET <tab> ok|err <tab> RESULT, escaped as JSON strings. Of a success RESULT is what the snippet prints
(each byte as the character of that number), of a failure the text from `at <` on.
"""
import base64, json, os, re, shutil, subprocess, sys, tempfile

HELM = os.environ.get("HELM", "helm")
HERE = os.path.dirname(os.path.abspath(__file__))
CHART = "apiVersion: v2\nname: t\nversion: 0.1.0\n"


def run(snippets):
    """Returns (results, index of the one that failed, its error)."""
    with tempfile.TemporaryDirectory() as d:
        os.mkdir(d + "/templates")
        open(d + "/Chart.yaml", "w").write(CHART)
        shutil.copy(HERE + "/values.yaml", d + "/values.yaml")
        with open(d + "/templates/_d.tpl", "w") as f:
            for i, s in snippets:
                f.write('{{ define "c%d" }}%s{{ end }}\n' % (i, s))
        with open(d + "/templates/a.yaml", "w") as f:
            for i, s in snippets:
                f.write('c%d: {{ include "c%d" . | b64enc | quote }}\n' % (i, i))
        p = subprocess.run([HELM, "template", "t", d], capture_output=True, env={**os.environ, "TZ": "UTC"})
    if p.returncode == 0:
        out = dict(re.findall(r'^c(\d+): "(.*)"$', p.stdout.decode(), re.M))
        return {i: base64.b64decode(out[str(i)]) for i, s in snippets}, None, None
    err = p.stderr.decode("utf-8", "replace")
    m = re.search(r'executing "c(\d+)" (at <.*)\Z', err, re.S)
    if m:
        text = m.group(2).strip()
        text = text.replace("\n\nUse --debug flag to render out invalid YAML", "")
        return {}, int(m.group(1)), text
    raise SystemExit("cannot read: " + err)


def all_results(snippets):
    done = {}
    left = list(enumerate(snippets))
    # What changes .Values is seen by the snippets after it, so it runs alone.
    changing = [x for x in left if re.search(r"\b(set|unset|merge|mergeOverwrite|mustMerge\w*|sortAlpha) [(]?[.]Values", x[1])]
    left = [x for x in left if x not in changing]
    while left or changing:
        block = left[:60] or changing[:1]
        results, failed, err = run(block)
        if failed is None:
            for i, out in results.items():
                done[i] = ("ok", out.decode("latin-1"))
            left, changing = (left[60:], changing) if left else (left, changing[1:])
        else:
            # Everything before the failing one can be rendered; the rest goes on with the next block.
            done[failed] = ("err", err)
            left = [x for x in left if x[0] != failed]
            changing = [x for x in changing if x[0] != failed]
    return done


def main():
    from snippets import snippets
    seen, unique = set(), []
    for s in snippets():
        if s not in seen:
            seen.add(s)
            unique.append(s)
    done = all_results(unique)
    with open(HERE + "/cases.tsv", "w") as f:
        f.write("# Made by regen.py with Helm 4.3.1 (helm template), TZ=UTC.\n")
        for i, s in enumerate(unique):
            kind, text = done[i]
            f.write("%s\t%s\t%s\n" % (json.dumps(s), kind, json.dumps(text)))
    print(len(unique), "cases,", sum(1 for v in done.values() if v[0] == "err"), "errors")


main()
