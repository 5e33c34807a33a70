package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/pgtest"
	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

// Each TLS mode checks of a real server what it says, and a password is needed where it is asked.
func TestTLS(t *testing.T) {
	cluster := pgtest.Start(t, "fsync=off")
	x := fresh(t, cluster, "")
	certificate, key := selfSigned(t)
	other, _ := selfSigned(t)
	putFile(t, x, "server.crt", certificate)
	putFile(t, x, "server.key", key)
	putFile(t, x, "pg_hba.conf", "hostssl all careful 127.0.0.1/32 scram-sha-256\n"+
		"host all all 127.0.0.1/32 trust\n")
	x.Exec(t, "CREATE ROLE careful LOGIN SUPERUSER PASSWORD 'right'")
	x.Exec(t, "ALTER SYSTEM SET ssl = on")
	require.NoError(t, cluster.Kill())
	require.NoError(t, cluster.Run())
	good := x.Config
	for _, test := range []struct{ mode, ca, host, want string }{
		{"require", "", "127.0.0.1", ""},
		{"verify-ca", certificate, "127.0.0.1", ""},
		{"verify-ca", certificate, "localhost", ""},
		{"verify-ca", other, "127.0.0.1", "certificate"},
		{"verify-full", certificate, "127.0.0.1", ""},
		{"verify-full", certificate, "localhost", "certificate"},
		{"verify-full", other, "127.0.0.1", "certificate"},
		{"verify-full", "", "127.0.0.1", "certificate"},
	} {
		x.Config = changed(t, good, map[string]string{
			"ssl_mode": test.mode, "ca_certificate": test.ca, "host": test.host,
		})
		answer, ok := x.Check(t)
		assert.Equal(t, test.want == "", ok, "%v: %s", test, answer)
		assert.Contains(t, answer, test.want)
	}
	for password, want := range map[string]string{
		"right": "", "wrong": "refused the user or the password",
		"": "refused the user or the password",
	} {
		x.Config = changed(t, good, map[string]string{
			"ssl_mode": "require", "username": "careful", "password": password,
		})
		answer, ok := x.Check(t)
		assert.Equal(t, want == "", ok, answer)
		assert.Contains(t, answer, want)
	}
}

// selfSigned makes a certificate for 127.0.0.1 that is its own CA, and its key.
func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a server"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
}

// putFile has the server write a file of its data folder, which belongs to it alone.
func putFile(t *testing.T, x *tabletest.Target, name, text string) {
	t.Helper()
	x.Exec(t, fmt.Sprintf(`COPY (SELECT regexp_split_to_table($$%s$$, E'\n'))`+
		` TO PROGRAM 'umask 077; cat > %s'`, strings.TrimSpace(text), name))
}

// changed returns a config with other values.
func changed(t *testing.T, config string, values map[string]string) string {
	t.Helper()
	fields := make(map[string]any)
	require.NoError(t, json.Unmarshal([]byte(config), &fields))
	for name, value := range values {
		fields[name] = value
	}
	text, err := json.Marshal(fields)
	require.NoError(t, err)
	return string(text)
}
