// Makes certificates.pem with Go's own crypto/x509: `GOTOOLCHAIN=go1.27.2 go run certificates.go > certificates.pem`.
// Keys are read from certificates-keys.pem (an RSA key of 2048 bits, one of 1024, an Ed25519 key).
// Clock, serial number and all signatures are fixed, so that the bytes are.
package main

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"time"
)

var now = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func key(b *pem.Block) crypto.Signer {
	if b.Type == "RSA PRIVATE KEY" {
		k, err := x509.ParsePKCS1PrivateKey(b.Bytes)
		if err != nil {
			panic(err)
		}
		return k
	}
	k, err := x509.ParsePKCS8PrivateKey(b.Bytes)
	if err != nil {
		panic(err)
	}
	return k.(crypto.Signer)
}

func template(cn string, ips []net.IP, names []string, days int, ca bool) *x509.Certificate {
	t := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(bytes.Repeat([]byte{0xA5}, 16)),
		Subject:      pkix.Name{CommonName: cn},
		IPAddresses:  ips, DNSNames: names,
		NotBefore: now, NotAfter: now.Add(time.Hour * 24 * time.Duration(days)),
		KeyUsage:              x509.KeyUsageKeyEncipherment | x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, IsCA: ca,
	}
	if ca {
		t.KeyUsage |= x509.KeyUsageCertSign
	}
	return t
}

func create(t, parent *x509.Certificate, pub crypto.Signer, signer crypto.Signer) *x509.Certificate {
	der, err := x509.CreateCertificate(nil, t, parent, pub.Public(), signer)
	if err != nil {
		panic(err)
	}
	pem.Encode(os.Stdout, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	c, _ := x509.ParseCertificate(der)
	return c
}

func main() {
	data, _ := os.ReadFile("certificates-keys.pem")
	var keys []crypto.Signer
	for b, rest := pem.Decode(data); b != nil; b, rest = pem.Decode(rest) {
		keys = append(keys, key(b))
	}
	rsa, small, ed := keys[0], keys[1], keys[2]
	t := template("ca", nil, nil, 10, true)
	ca := create(t, t, rsa, rsa)
	t = template("ca & sons*", nil, nil, 36500, true)
	edCA := create(t, t, ed, ed)
	t = template("small", nil, nil, -10, true)
	create(t, t, small, small)
	ips := []net.IP{net.ParseIP("10.0.0.1"), net.ParseIP("fe80::1"), net.ParseIP("::ffff:1.2.3.4")}
	create(template("leaf.example", ips, []string{"a.b", "*.c"}, 30, false), ca, ed, rsa)
	create(template("", nil, []string{"only.name"}, 1, false), edCA, rsa, ed)
	create(template("ca", nil, nil, 1, false), ca, small, rsa)
	t = template("日本", nil, nil, 0, false)
	create(t, t, ed, ed)
	t = template("long", nil, nil, 106752, false)
	create(t, t, ed, ed)
}
