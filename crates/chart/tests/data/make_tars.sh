#!/bin/sh
# Makes `names.tar`, `late.tar` and `zero.tar` (see `tests/packing.rs`, whose chart is given as $1) and `every-field.lock` with
# Helm 4.3.1 as `helm` on PATH.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for time in names:1700000000 late:8589934592 zero:0; do
    SOURCE_DATE_EPOCH=${time#*:} helm package "$1" -d "$work" >/dev/null
    gunzip <"$work/app-0.1.0.tgz" >"$here/${time%%:*}.tar"
done
mkdir -p "$work/app/s"
cp "$here/every-field.yaml" "$work/app/Chart.yaml"
printf 'apiVersion: v2\nname: s\nversion: 0.2.0\n' >"$work/app/s/Chart.yaml"
helm dependency update "$work/app" >/dev/null
cp "$work/app/Chart.lock" "$here/every-field.lock"
