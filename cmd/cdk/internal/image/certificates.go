package image

import (
	"bytes"
	"encoding/pem"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// certificatesFile is where Debian and Alpine keep the certificates of the authorities that TLS
// trusts, and where Go looks first.
const certificatesFile = "/etc/ssl/certs/ca-certificates.crt"

// certificatesFiles are all places in which crypto/x509 looks on Linux.
var certificatesFiles = []string{
	certificatesFile,
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
}

// certificates are those of Mozilla, as the Go project keeps them. An authority that is trusted
// with a condition only, such as for certificates before a day, is left out: a file cannot say so.
func certificates() []byte {
	var text bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue
		}
		block := &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}
		_ = pem.Encode(&text, block) // a buffer takes everything
	}
	return text.Bytes()
}
