package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// readSubject is a read of the streams for one config.
type readSubject struct {
	*session
	common

	prefix      string
	catalogPath string
	mode        protocol.SyncMode // which streams are read in, as far as they support it

	file []byte // the catalog of the read
	read *heard
}

// begin reads, once, and reports whether there is something to look at.
func (r *readSubject) begin(ctx context.Context, v *Verdict) (*heard, bool) {
	if r.read == nil {
		call, err := r.call(ctx)
		if err != nil {
			v.Skip("%v", err)
			return nil, false
		}
		r.read = r.session.call(ctx, call, r.bound(longReadTimeout), r.DeploymentMode)
	}
	if r.read.err != nil {
		v.Skip("the read did not end; see %ssucceeds", r.prefix)
		return nil, false
	}
	return r.read, true
}

// call is the call of the read, without a state.
func (r *readSubject) call(ctx context.Context) (Call, error) {
	config, err := r.config(r.common)
	if err != nil {
		return Call{}, err
	}
	if r.file == nil {
		if r.file, err = r.catalogFile(ctx, config); err != nil {
			return Call{}, err
		}
	}
	return Call{Args: []string{"read"}, Config: config, Catalog: r.file}, nil
}

// catalogFile is the text of the catalog: that of the test, or one made of what discover says.
func (r *readSubject) catalogFile(ctx context.Context, config []byte) ([]byte, error) {
	if r.catalogPath != "" {
		file, err := os.ReadFile(r.cfg.path(r.catalogPath))
		if err != nil {
			return nil, fmt.Errorf("the catalog of the test cannot be read: %w", err)
		}
		return r.refresh(ctx, config, file)
	}
	found := r.catalog(ctx, r.common, config)
	if found.err != nil || found.Catalog == nil {
		return nil, errors.New("discover has no catalog, of which that of the read is made")
	}
	var streams []protocol.ConfiguredStream
	for _, s := range found.Catalog.Streams {
		mode := r.mode
		if !slices.Contains(s.SupportedSyncModes, mode) {
			if mode == protocol.SyncIncremental {
				continue
			}
			mode = protocol.SyncFullRefresh
		}
		streams = append(streams, transcript.Configure(s, mode))
	}
	if len(streams) == 0 {
		return nil, fmt.Errorf("no stream supports %s", r.mode)
	}
	return configuredCatalog(streams), nil
}

// refresh gives the streams of a catalog file the schemas and keys of today, as the platform does:
// the files of most connectors hold only names and modes.
func (r *readSubject) refresh(ctx context.Context, config, file []byte) ([]byte, error) {
	var catalog protocol.ConfiguredCatalog
	if err := json.Unmarshal(file, &catalog); err != nil {
		return nil, fmt.Errorf("%s is no configured catalog: %w", r.catalogPath, err)
	}
	if len(catalog.Streams) == 0 {
		return nil, fmt.Errorf("%s names no stream", r.catalogPath)
	}
	found := r.catalog(ctx, r.common, config)
	if found.Catalog == nil {
		return file, nil
	}
	for i, s := range catalog.Streams {
		for _, current := range found.Catalog.Streams {
			if current.Descriptor() == s.Stream.Descriptor() {
				catalog.Streams[i].Stream = current
			}
		}
		if r.mode == protocol.SyncFullRefresh {
			catalog.Streams[i].SyncMode = r.mode
		}
	}
	return configuredCatalog(catalog.Streams), nil
}

// streamsOf are the streams of the read's catalog.
func (r *readSubject) streamsOf() []protocol.ConfiguredStream {
	var catalog protocol.ConfiguredCatalog
	if json.Unmarshal(r.file, &catalog) != nil {
		return nil
	}
	return catalog.Streams
}

// succeeds is the look at how a read ended, which stands before all others.
func succeeds[S interface {
	begin(ctx context.Context, v *Verdict) (*heard, bool)
	subject() *readSubject
}]() look[S] {
	return look[S]{
		"succeeds", "exit code 0 within the test's time",
		"See the error and the log of the connector.",
		func(ctx context.Context, s S, v *Verdict) {
			_, ok := s.begin(ctx, v)
			h := s.subject().read
			switch {
			case h == nil:
				v.Failures, v.Skipped = []string{v.Skipped + "."}, ""
			case !ok:
				v.Skipped = ""
				h.mustEnd(v)
			default:
				h.mustExitZero(h.Verb, v)
			}
		},
	}
}

func (r *readSubject) subject() *readSubject { return r }

// ruleLooks are the rules of every run, one look each.
func ruleLooks() (looks []look[*basicRead]) {
	for _, rule := range slices.Concat(transcript.LineRules, transcript.EndRules) {
		looks = append(looks, look[*basicRead]{rule.Name, rule.Want, rule.Mend,
			func(ctx context.Context, r *basicRead, v *Verdict) {
				if reason := r.excuse(rule.Name); reason != "" {
					v.Skip("%s", reason)
					return
				}
				h, ok := r.begin(ctx, v)
				if !ok {
					return
				}
				for _, sentence := range rule.Breaches(h.Run) {
					v.Fail("%s", sentence)
					r.broken[rule.Name] = true
				}
			}})
	}
	return looks
}

// keepsRules looks at all rules at once in a further read, which sentences begin with. What the
// basic read breaks has been said and is only noted.
func (s *session) keepsRules(h *heard, which string, v *Verdict, rules ...[]transcript.Rule) {
	for _, rule := range slices.Concat(rules...) {
		sentences := rule.Breaches(h.Run)
		if len(sentences) > 0 && s.broken[rule.Name] {
			v.Note("%s breaks the rule %s, as the basic read does.", which, rule.Name)
			continue
		}
		for _, sentence := range sentences {
			v.Fail("%s: %s", which, sentence)
		}
	}
}

// mustKeepRules looks at all rules at once in a run of another verb than read.
func (h *heard) mustKeepRules(v *Verdict) {
	for _, sentence := range h.Breaches(transcript.LineRules, transcript.EndRules) {
		v.Fail("%s", sentence)
	}
}
