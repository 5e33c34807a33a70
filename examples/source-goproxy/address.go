package main

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// proxyURL returns the URL of the config, or else what the go command would use: the user has
// chosen that, so this program names no proxy of its own.
func proxyURL(ctx context.Context, cfg Config) (string, error) {
	if cfg.ProxyURL != "" {
		return cfg.ProxyURL, nil
	}
	out, err := exec.CommandContext(ctx, "go", "env", "GOPROXY").Output()
	if err != nil { // no go command, as in a connector's image
		out = []byte(os.Getenv("GOPROXY"))
	}
	return firstURL(string(out))
}

// firstURL returns the first URL of a GOPROXY list, which is separated by commas or pipes.
func firstURL(list string) (string, error) {
	reason := "There is no go command to say which module proxy to ask, and GOPROXY is not set."
	isSeparator := func(r rune) bool { return r == ',' || r == '|' }
	for entry := range strings.FieldsFuncSeq(list, isSeparator) {
		switch entry = strings.TrimSpace(entry); {
		case entry == "off":
			return "", noProxy("GOPROXY forbids the go command to ask anyone (off).")
		case entry == "direct":
			reason = "GOPROXY names no proxy: modules come from where they are made (direct)."
		case strings.Contains(entry, "://"):
			return entry, nil
		case entry != "":
			return "https://" + entry, nil // as the go command reads it
		}
	}
	return "", noProxy(reason)
}

func noProxy(reason string) error {
	return protocol.Errorf(protocol.ConfigError, "%s Fill in \"proxy_url\".", reason)
}
