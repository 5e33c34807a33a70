package main

import (
	"context"
	"encoding/json"
	"io"
	nethttp "net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/protocol"
)

// proxy is a module proxy and the modules to ask it for, each once.
type proxy struct {
	client  *http.Client
	modules []string
}

func newProxy(ctx context.Context, cfg Config) (*proxy, error) {
	for _, path := range cfg.Modules {
		if err := module.CheckPath(path); err != nil {
			return nil, protocol.Errorf(protocol.ConfigError, "Correct \"modules\": %w.", err)
		}
	}
	url, err := proxyURL(ctx, cfg)
	if err != nil {
		return nil, err
	}
	modules := slices.Compact(slices.Sorted(slices.Values(cfg.Modules)))
	return &proxy{http.NewClient(url, http.Limit(20, time.Second)), modules}, nil
}

// info is what the proxy says about a version.
type info struct {
	Version string    `json:"Version"`
	Time    time.Time `json:"Time,omitzero"`
}

// info asks for $PROXY/<module>/@v/<version>.info, or for @latest when version is empty.
func (p *proxy) info(ctx context.Context, path, version string) (found info, err error) {
	file := "@latest"
	if version != "" {
		if file, err = module.EscapeVersion(version); err != nil {
			return found, err
		}
		file = "@v/" + file + ".info"
	}
	answer, err := p.get(ctx, path, file)
	if err != nil {
		return found, err
	}
	if err := json.Unmarshal(answer, &found); err != nil || !semver.IsValid(found.Version) {
		return found, protocol.Errorf(protocol.ConfigError, "What answers for module %s is no "+
			"module proxy: it sent no version. Correct \"proxy_url\".", path)
	}
	return found, nil
}

// versions asks for $PROXY/<module>/@v/list.
func (p *proxy) versions(ctx context.Context, path string) ([]string, error) {
	answer, err := p.get(ctx, path, "@v/list")
	return parseList(string(answer)), err
}

// parseList returns the versions in a list, one a line. A line may go on with other things, and
// one that is no version is left out, as the go command does.
func parseList(list string) (versions []string) {
	for line := range strings.Lines(list) {
		if words := strings.Fields(line); len(words) > 0 && semver.IsValid(words[0]) {
			versions = append(versions, words[0])
		}
	}
	return versions
}

// hasGoMod reports whether a version was released as a module. For one that was not, proxies make
// up a go.mod that says nothing but its path.
func (p *proxy) hasGoMod(ctx context.Context, path, version string) (bool, error) {
	text, err := p.goMod(ctx, path, version)
	return strings.TrimSpace(text) != "module "+path, err
}

// goMod asks for $PROXY/<module>/@v/<version>.mod.
func (p *proxy) goMod(ctx context.Context, path, version string) (string, error) {
	file, err := module.EscapeVersion(version)
	if err != nil {
		return "", err
	}
	answer, err := p.get(ctx, path, "@v/"+file+".mod")
	return string(answer), err
}

const maxAnswer = 16 << 20

// get asks for one file about a module.
func (p *proxy) get(ctx context.Context, path, file string) ([]byte, error) {
	escaped, err := module.EscapePath(path) // a capital is written as ! and its small letter
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(ctx, &http.Request{Path: escaped + "/" + file})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
}

// isMissing tells what the proxy does not have, or not any more, or does not hand out, from a
// proxy that is in trouble. Some answer 403 for whatever they do not know.
func isMissing(err error) bool {
	switch http.StatusOf(err) {
	case nethttp.StatusNotFound, nethttp.StatusGone, nethttp.StatusForbidden:
		return true
	}
	return false
}
