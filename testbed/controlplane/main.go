// Command controlplane is etcd and the servers of a Kubernetes control plane in one binary.
//
// The first argument, or the name that the binary is called by, chooses the part.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

var servers = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
}

func main() {
	name := filepath.Base(os.Args[0])
	if !known(name) && len(os.Args) > 1 {
		os.Args = os.Args[1:]
		name = os.Args[0]
	}
	if os.Getenv("TESTBED_PARENT") == "stdin" {
		go endWithParent(os.Getenv("TESTBED_REMOVE"))
	}
	if name == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	command, ok := servers[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "usage: controlplane etcd|kube-apiserver|kube-controller-manager|kube-scheduler [FLAGS]")
		os.Exit(2)
	}
	os.Exit(cli.Run(command()))
}

func known(name string) bool {
	_, ok := servers[name]
	return ok || name == "etcd"
}

// endWithParent ends this process when its standard input ends: the system closes it however the parent dies. One of
// the parts then removes the folder of the cluster, after a moment in which the others end too.
func endWithParent(remove string) {
	_, _ = io.Copy(io.Discard, os.Stdin)
	for try := 0; remove != "" && try < 10; try++ {
		time.Sleep(100 * time.Millisecond)
		if os.RemoveAll(remove) == nil {
			break
		}
	}
	os.Exit(0)
}
