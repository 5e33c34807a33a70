package connection

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

// configure makes the configured catalog: from the file, or from what the source says.
func (c *Connection) configure(ctx context.Context) (*protocol.ConfiguredCatalog, error) {
	var found *protocol.Catalog
	if c.options.Catalog == "" {
		c.tell.Phase("discover")
		m, err := c.ask(ctx, c.source, "discover", c.source.config.text)
		if err != nil {
			return nil, err
		}
		found = m.Catalog
	} else {
		ready, discovered, err := readCatalog(c.options.Catalog)
		if err != nil {
			return nil, err
		}
		if ready != nil {
			return c.take(ready)
		}
		found = discovered
	}
	if len(found.Streams) == 0 {
		return nil, c.source.errorf("there is nothing to sync: the source has no streams")
	}
	return c.choose(found)
}

// choose gives the streams that are asked for their modes.
func (c *Connection) choose(found *protocol.Catalog) (*protocol.ConfiguredCatalog, error) {
	chosen, err := choose(found.Streams, c.options.Streams, (*protocol.Stream).Descriptor)
	if err != nil {
		return nil, err
	}
	how := chooser{
		mode: c.options.Mode, writes: c.destination.spec.SupportedDestinationSyncModes,
		refreshes: c.options.SupportsRefreshes,
	}
	var catalog protocol.ConfiguredCatalog
	for _, s := range chosen {
		one, err := how.configure(s)
		if err != nil {
			return nil, err
		}
		catalog.Streams = append(catalog.Streams, one)
	}
	return &catalog, nil
}

func readCatalog(path string) (*protocol.ConfiguredCatalog, *protocol.Catalog, error) {
	text, err := readJSON("--catalog", path)
	if err != nil {
		return nil, nil, err
	}
	ready, found, err := parseCatalog(text)
	if err != nil {
		return nil, nil, fmt.Errorf("--catalog %s: %w", path, err)
	}
	return ready, found, nil
}

// take takes a configured catalog as it is, but for the streams that are left out.
func (c *Connection) take(
	ready *protocol.ConfiguredCatalog,
) (*protocol.ConfiguredCatalog, error) {
	if c.options.Mode != "" {
		return nil, fmt.Errorf("--catalog %s is a configured catalog, which has the modes; leave "+
			"--mode out, or give a discovered catalog", c.options.Catalog)
	}
	if len(ready.Streams) == 0 {
		return nil, fmt.Errorf("there is nothing to sync: --catalog %s has no streams",
			c.options.Catalog)
	}
	name := func(s *protocol.ConfiguredStream) protocol.Descriptor { return s.Stream.Descriptor() }
	var err error
	ready.Streams, err = choose(ready.Streams, c.options.Streams, name)
	return ready, err
}

// parseCatalog reads a configured catalog, or one that discover has written, alone or in its
// message.
func parseCatalog(text []byte) (*protocol.ConfiguredCatalog, *protocol.Catalog, error) {
	var shape struct {
		Catalog json.RawMessage              `json:"catalog"`
		Streams []map[string]json.RawMessage `json:"streams"`
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return nil, nil, fmt.Errorf("it is no catalog: %w; it must look like {\"streams\": [...]}",
			err)
	}
	if shape.Streams == nil && shape.Catalog != nil {
		return parseCatalog(shape.Catalog)
	}
	if shape.Streams == nil {
		return nil, nil, errors.New(`it is no catalog; it must look like {"streams": [...]}`)
	}
	if len(shape.Streams) > 0 && shape.Streams[0]["stream"] != nil {
		ready := new(protocol.ConfiguredCatalog)
		if err := json.Unmarshal(text, ready); err != nil {
			return nil, nil, fmt.Errorf("it is no configured catalog: %w", err)
		}
		return ready, nil, nil
	}
	found := new(protocol.Catalog)
	if err := json.Unmarshal(text, found); err != nil {
		return nil, nil, fmt.Errorf("it is no catalog: %w", err)
	}
	return nil, found, nil
}

// choose picks streams by name, with or without the namespace, in their own order. No names are
// all streams.
func choose[S any](
	all []S, names []string, descriptor func(*S) protocol.Descriptor,
) (chosen []S, err error) {
	if len(names) == 0 {
		return all, nil
	}
	wanted := make([]bool, len(all))
	for _, name := range names {
		var places []int
		for i := range all {
			d := descriptor(&all[i])
			if d.String() == name {
				places = []int{i} // the whole name leaves no doubt
				break
			}
			if d.Name == name {
				places = append(places, i)
			}
		}
		if len(places) != 1 {
			return nil, notOne(name, places, all, descriptor)
		}
		wanted[places[0]] = true
	}
	for i, s := range all {
		if wanted[i] {
			chosen = append(chosen, s)
		}
	}
	return chosen, nil
}

// notOne says that a name is not that of one stream.
func notOne[S any](
	name string, places []int, all []S, descriptor func(*S) protocol.Descriptor,
) error {
	var known []string
	for i := range all {
		if len(places) == 0 || slices.Contains(places, i) {
			known = append(known, descriptor(&all[i]).String())
		}
	}
	if len(places) > 1 {
		return fmt.Errorf("--streams %s is the name of %d streams; say which one: %s",
			name, len(places), strings.Join(known, " or "))
	}
	const most = 20
	offer := entry.ClosestWord(name, known)
	if offer == "" {
		more := ""
		if len(known) > most {
			more = fmt.Sprintf(" and %d more", len(known)-most)
		}
		offer = fmt.Sprintf(" There are %s%s.", strings.Join(known[:min(most, len(known))], ", "),
			more)
	}
	return fmt.Errorf("there is no stream %s.%s", name, strings.TrimSuffix(offer, "."))
}
