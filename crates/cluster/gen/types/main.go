// Prints the table of crates/cluster/src/patch/types.txt: what client-side patches must know of Kubernetes' own types.
package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	apiextv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextv1beta1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

var lines = map[string]string{}

func id(t reflect.Type) string {
	p := t.PkgPath()
	for _, prefix := range []string{"k8s.io/api/", "k8s.io/apimachinery/pkg/", "k8s.io/apiextensions-apiserver/pkg/apis/"} {
		p = strings.TrimPrefix(p, prefix)
	}
	return p + "." + t.Name()
}

func child(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		visit(t)
		return id(t)
	case reflect.Slice, reflect.Array:
		return "[]" + child(t.Elem())
	default:
		return t.Kind().String()
	}
}

func fields(t reflect.Type, out *[]string) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name := strings.Split(tag, ",")[0]
		if name == "-" {
			continue
		}
		if f.Anonymous && name == "" {
			ft := f.Type
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			if ft.Kind() == reflect.Struct {
				fields(ft, out)
				continue
			}
		}
		if f.PkgPath != "" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		entry := name
		c := child(f.Type)
		if c != "string" {
			entry += ":" + c
		}
		if s := f.Tag.Get("patchStrategy"); s != "" {
			entry += "!" + s
		}
		if k := f.Tag.Get("patchMergeKey"); k != "" {
			entry += "@" + k
		}
		*out = append(*out, entry)
	}
}

func visit(t reflect.Type) {
	if _, ok := lines[id(t)]; ok {
		return
	}
	lines[id(t)] = ""
	var out []string
	fields(t, &out)
	lines[id(t)] = strings.Join(out, " ")
}

func main() {
	s := runtime.NewScheme()
	scheme.AddToScheme(s)
	apiextv1beta1.AddToScheme(s)
	apiextv1.AddToScheme(s)
	var roots []string
	for gvk, t := range s.AllKnownTypes() {
		if gvk.Version == "__internal" || strings.HasSuffix(gvk.Kind, "Options") && t.PkgPath() == "k8s.io/apimachinery/pkg/apis/meta/v1" || gvk.Kind == "WatchEvent" || strings.HasSuffix(gvk.Kind, "List") {
			continue
		}
		if t.PkgPath() == "k8s.io/apimachinery/pkg/apis/meta/v1" { continue }
		visit(t)
		roots = append(roots, fmt.Sprintf("/%s/%s %s", gvk.GroupVersion().String(), gvk.Kind, id(t)))
	}
	sort.Strings(roots)
	var names []string
	for n := range lines {
		names = append(names, n)
	}
	sort.Strings(names)
	w := os.Stdout
	for _, r := range roots {
		fmt.Fprintln(w, r)
	}
	for _, n := range names {
		fmt.Fprintln(w, n, lines[n])
	}
}
