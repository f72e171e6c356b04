// Prints cases of three-way strategic merge patches, as k8s.io/apimachinery makes them.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"sort"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

const deployment = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","labels":{"a":"1","b":"2"},"annotations":{"x":"y"},"finalizers":["f/b","f/a"]},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"1"}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":1}},"template":{"metadata":{"labels":{"a":"1"}},"spec":{"volumes":[{"name":"v1","configMap":{"name":"c","items":[{"key":"k","path":"p"}]}},{"name":"v2","emptyDir":{}},{"name":"v3","secret":{"secretName":"s"}}],"imagePullSecrets":[{"name":"r1"},{"name":"r2"}],"tolerations":[{"key":"t","operator":"Exists"}],"nodeSelector":{"n":"1"},"containers":[{"name":"one","image":"i:1","command":["a","b"],"args":["-x"],"env":[{"name":"E1","value":"1"},{"name":"E2","value":"2"},{"name":"E3","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],"ports":[{"containerPort":53,"protocol":"UDP"},{"containerPort":53,"protocol":"TCP"},{"containerPort":80}],"volumeMounts":[{"name":"v1","mountPath":"/a"},{"name":"v2","mountPath":"/b"}],"resources":{"limits":{"cpu":"1"}}},{"name":"two","image":"j:1","env":[{"name":"F1","value":"1"}]}],"initContainers":[{"name":"init","image":"k"}]}}}}`
const service = `{"apiVersion":"v1","kind":"Service","metadata":{"name":"s","labels":{"a":"1"}},"spec":{"type":"ClusterIP","selector":{"a":"1"},"externalIPs":["1.1.1.1","2.2.2.2"],"loadBalancerSourceRanges":["10.0.0.0/8"],"ports":[{"name":"a","port":53,"protocol":"TCP","targetPort":53},{"name":"b","port":53,"protocol":"UDP","targetPort":"dns"},{"name":"c","port":80,"targetPort":8080}]}}`
const account = `{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"a","finalizers":["z","y","x"]},"secrets":[{"name":"one"},{"name":"two"}],"imagePullSecrets":[{"name":"p"}],"automountServiceAccountToken":true}`
const config = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u1"},{"apiVersion":"v1","kind":"Pod","name":"q","uid":"u2"}]},"data":{"a":"1","b":"2"},"immutable":false}`

var words = []string{"one", "two", "three", "v1", "v2", "v4", "E1", "E2", "E9", "x"}

func clone(v any) any {
	b, _ := json.Marshal(v)
	var o any
	json.Unmarshal(b, &o)
	return o
}

func mutate(r *rand.Rand, v any, p float64) any {
	switch t := v.(type) {
	case map[string]any:
		keys := []string{}
		for k := range t {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			c := t[k]
			_, isKey := map[string]bool{"name": true, "containerPort": true, "port": true, "uid": true, "mountPath": true, "apiVersion": true, "kind": true, "metadata": true, "spec": true, "template": true}[k]
			if !isKey && r.Float64() < p {
				if r.Intn(8) == 0 { t[k] = nil } else { delete(t, k) }
				continue
			}
			t[k] = mutate(r, c, p)
		}
		if _, ok := t["x"]; ok && r.Float64() < 2*p { t[words[r.Intn(len(words))]] = "new" }
		return t
	case []any:
		out := []any{}
		for _, e := range t {
			if r.Float64() < p {
				continue
			}
			out = append(out, mutate(r, e, p))
		}
		if r.Float64() < 2*p {
			r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		}
		if len(t) > 0 && r.Float64() < 2*p {
			n := clone(t[r.Intn(len(t))])
			if m, ok := n.(map[string]any); ok {
				for _, k := range []string{"name", "mountPath"} {
					if _, ok := m[k]; ok { m[k] = words[r.Intn(len(words))] }
				}
				for _, k := range []string{"containerPort", "port"} {
					if _, ok := m[k]; ok { m[k] = float64(50 + r.Intn(6)) }
				}
				n = mutate(r, m, p)
			} else {
				n = words[r.Intn(len(words))]
			}
			at := r.Intn(len(out) + 1)
			out = append(out[:at], append([]any{n}, out[at:]...)...)
		}
		return out
	case string:
		if r.Float64() < p/2 && (t == "1" || t == "i:1" || t == "2" || t == "Exists") {
			return words[r.Intn(len(words))]
		}
	case float64:
		if r.Float64() < p/2 {
			return t + 1
		}
	}
	return v
}

func main() {
	for i := 0; i < 150; i++ {
		r := rand.New(rand.NewSource(int64(i)))
		var base string
		var typ any
		switch i % 5 {
		case 0, 1:
			base, typ = deployment, &appsv1.Deployment{}
		case 2:
			base, typ = service, &corev1.Service{}
		case 3:
			base, typ = account, &corev1.ServiceAccount{}
		default:
			base, typ = config, &corev1.ConfigMap{}
		}
		var b any
		json.Unmarshal([]byte(base), &b)
		p := []float64{0.03, 0.08, 0.2}[r.Intn(3)]
		o := mutate(r, clone(b), p)
		m := mutate(r, clone(o), p)
		c := mutate(r, clone(o), p)
		ob, _ := json.Marshal(o)
		mb, _ := json.Marshal(m)
		cb, _ := json.Marshal(c)
		meta, _ := strategicpatch.NewPatchMetaFromStruct(typ)
		seen := map[string]bool{}
		for k := 0; k < 12; k++ {
			patch, err := strategicpatch.CreateThreeWayMergePatch(ob, mb, cb, meta, true)
			if err != nil { patch, _ = json.Marshal("error: " + err.Error()) }
			seen[string(patch)] = true
		}
		if len(seen) != 1 { continue }
		for patch := range seen {
			fmt.Printf("{\"original\":%s,\n\"modified\":%s,\n\"current\":%s,\n\"patch\":%s}\n\n", ob, mb, cb, patch)
		}
	}
}
