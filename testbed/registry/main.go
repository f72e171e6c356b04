// Command registry is docker's registry for tests: github.com/distribution/distribution, ended together with the process
// that started it.
package main

import (
	"io"
	"os"

	"github.com/distribution/distribution/v3/registry"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	_ "github.com/distribution/distribution/v3/registry/auth/token"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
)

func main() {
	if os.Getenv("TESTBED_PARENT") == "stdin" {
		go endWithParent()
	}
	if err := registry.RootCmd.Execute(); err != nil {
		os.Exit(1)
	}
}

// endWithParent ends this process when its standard input ends: the system closes it however the parent dies.
func endWithParent() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
