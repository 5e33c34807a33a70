package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// Config names the database. Its field names are those of Airbyte's own connector.
type Config struct {
	Host     string `json:"host" title:"Host"`
	Port     int    `json:"port" title:"Port" default:"5432" minimum:"1" maximum:"65535"`
	Database string `json:"database" title:"Database"`
	Schema   string `json:"schema" title:"Schema" default:"public" description:"For streams without a namespace; it is created where it does not exist."`
	Username string `json:"username" title:"User"`
	Password string `json:"password,omitempty" title:"Password" airbyte:"secret"`
	TLSMode  string `json:"ssl_mode" title:"TLS mode" default:"require" enum:"disable,require,verify-ca,verify-full" description:"verify-full checks who the server is; require only encrypts."`
	CA       string `json:"ca_certificate,omitempty" title:"CA certificate" airbyte:"multiline" description:"In PEM, for verify-ca and verify-full; otherwise the system's."`

	CDCDeletes string `json:"cdc_deletion_mode" title:"CDC deletion" default:"Hard delete" enum:"Hard delete,Soft delete" description:"Whether rows that were deleted at the source go, or stay with the time of their deletion."`
}

// connection is how to reach the database.
func (cfg Config) connection() (*pgx.ConnConfig, error) {
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(cfg.Username, cfg.Password),
		Host: net.JoinHostPort(cfg.Host, strconv.Itoa(cfg.Port)), Path: "/" + cfg.Database,
		RawQuery: "sslmode=disable",
	}
	c, err := pgx.ParseConfig(address.String())
	if err != nil {
		return nil, errors.New("host, port, database or username cannot be read")
	}
	c.TLSConfig, err = cfg.tls()
	if err != nil {
		return nil, err
	}
	c.Fallbacks = nil
	c.ConnectTimeout = 30 * time.Second
	c.RuntimeParams = map[string]string{
		"application_name":   "airbyte",
		"timezone":           "UTC",
		"synchronous_commit": "on", // a state is acknowledged for what is on the disk
		"lock_timeout":       "300s",
	}
	return c, nil
}

// tls is nil where the connection is not encrypted.
func (cfg Config) tls() (*tls.Config, error) {
	if cfg.TLSMode == "disable" {
		return nil, nil //nolint:nilnil // that is how pgx says it
	}
	c := &tls.Config{ServerName: cfg.Host, MinVersion: tls.VersionTLS12}
	if cfg.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(cfg.CA)) {
			return nil, errors.New("ca_certificate: it holds no certificate in PEM; " +
				"paste the file with its BEGIN and END lines")
		}
	}
	switch cfg.TLSMode {
	case "verify-full":
	case "verify-ca":
		c.InsecureSkipVerify = true // the chain is verified below, the name is not
		c.VerifyConnection = func(state tls.ConnectionState) error {
			return verifyChain(state, c.RootCAs)
		}
	default:
		c.InsecureSkipVerify = true // the mode that only encrypts
	}
	return c, nil
}

// verifyChain checks that the server's certificate is of the CA, whatever name it is for.
func verifyChain(state tls.ConnectionState, roots *x509.CertPool) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	intermediates := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		intermediates.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates,
	})
	if err != nil {
		return fmt.Errorf("the server's certificate: %w", err)
	}
	return nil
}
