package main

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// unsigned stands for the hash of a body that is not looked at before it is sent.
const unsigned = "UNSIGNED-PAYLOAD"

// serveEverybody passes requests that nobody has signed on to the server, signed by its account: so it is what Google's
// XML API is for a client without credentials, several parts of one upload included, which the gateway refuses to
// strangers whatever a bucket's policy says.
func serveEverybody(address, server string, account aws.Credentials) error {
	signer := v4.NewSigner(func(options *v4.SignerOptions) { options.DisableURIPathEscaping = true })
	target := &url.URL{Scheme: "http", Host: server}
	front := &httputil.ReverseProxy{Rewrite: func(request *httputil.ProxyRequest) {
		request.SetURL(target)
		out := request.Out
		// Google's clients escape slashes of a name, which S3 has as they are.
		out.URL.RawPath = ""
		for name := range out.Header {
			if strings.HasPrefix(name, "X-Goog-") || name == "Authorization" {
				out.Header.Del(name)
			}
		}
		out.Header.Set("X-Amz-Content-Sha256", unsigned)
		// It fails for no credentials only, which are there; and a request that is not signed is refused.
		_ = signer.SignHTTP(out.Context(), account, out, unsigned, "s3", region, time.Now())
	}}
	return http.ListenAndServe(address, front)
}
