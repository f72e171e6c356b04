// Command s3 is an S3 server for tests: github.com/versity/versitygw over a folder, ended together with the process that
// started it. It is put together here because the gateway's own command line compiles the clients of Azure and of
// half a dozen message brokers, which cost as much as all that a test needs.
//
//	ROOT_ACCESS_KEY=… ROOT_SECRET_KEY=… s3 HOST:PORT FOLDER [HOST:PORT]
//
// At the second address requests need no signature.
// A bucket is a folder in FOLDER/data; what S3 keeps beside contents lies in FOLDER/attributes.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3api"
	"github.com/versity/versitygw/s3api/middlewares"
)

// concurrency is the gateway's own default, for connections and for work on the disk.
const concurrency = 5000

// region is the only one.
const region = "us-east-1"

func main() {
	if os.Getenv("TESTBED_PARENT") == "stdin" {
		go endWithParent()
	}
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: s3 HOST:PORT FOLDER [HOST:PORT]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does what the main function of versitygw does for `posix`, with one account.
func run(address, folder string, open []string) error {
	data, attributes := filepath.Join(folder, "data"), filepath.Join(folder, "attributes")
	for _, path := range []string{data, attributes} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
	}
	kept, err := meta.NewSideCar(attributes)
	if err != nil {
		return err
	}
	disk, err := posix.New(data, kept, posix.PosixOpts{SideCarDir: attributes, Concurrency: concurrency})
	if err != nil {
		return err
	}
	user, password := os.Getenv("ROOT_ACCESS_KEY"), os.Getenv("ROOT_SECRET_KEY")
	accounts := auth.NewIAMServiceSingle(auth.Account{Access: user, Secret: password, Role: auth.RoleAdmin})
	root := middlewares.RootUserConfig{Access: user, Secret: password}
	server, err := s3api.New(disk, root, region, accounts, nil, nil, nil, nil,
		s3api.WithQuiet(), s3api.WithKeepAlive(), s3api.WithMpMaxParts(10000), s3api.WithConcurrencyLimiter(concurrency, concurrency))
	if err != nil {
		return err
	}
	ended := make(chan error, 2)
	for _, front := range open {
		account := aws.Credentials{AccessKeyID: user, SecretAccessKey: password}
		go func() { ended <- serveEverybody(front, address, account) }()
	}
	go func() { ended <- server.ServeMultiPort([]string{address}) }()
	return <-ended
}

// endWithParent ends this process when its standard input ends: the system closes it however the parent dies.
func endWithParent() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
