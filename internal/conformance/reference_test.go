package conformance

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// reference is a small correct destination in memory, written by hand. A defect changes one thing
// that it does.
type reference struct {
	defect

	mu     sync.Mutex
	tables map[protocol.Descriptor]*table
}

// table is what is kept of a stream between writes.
type table struct {
	rows       []row
	generation int64
	columns    []string // of the first write

	failed    []row // loaded by a write that failed
	staged    []row // will take the place of the rows
	stagedFor int64 // the generation
}

type row struct {
	data    map[string]json.RawMessage
	emitted int64
}

// target is a stream of one write.
type target struct {
	protocol.ConfiguredStream
	*table

	to         *[]row
	properties []string
	counted    bool
	generation int64
	replaces   bool // at the end
	complete   bool
	pending    []*protocol.Record
	since      counts
}

// counts are those of the records since a state.
type counts struct{ loaded, rejected int }

const (
	offers   = `["append","overwrite","append_dedup"]`
	rejected = `{"id":"no number"}`
)

func newReference(d defect) *reference {
	return &reference{defect: d, tables: map[protocol.Descriptor]*table{}}
}

// subject is the reference as it is judged.
func (r *reference) subject() Destination {
	return Destination{Connector: platform.InProcess(r.run), Rows: r.read, Rejected: rejected}
}

// read is what readers of the system see.
func (r *reference) read(
	_ context.Context, d protocol.Descriptor,
) (rows []json.RawMessage, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tables[r.key(d)]
	if t == nil {
		return nil, nil
	}
	for _, one := range t.rows {
		text, err := json.Marshal(one.data)
		if err != nil {
			return nil, err
		}
		rows = append(rows, text)
	}
	return rows, nil
}

func (r *reference) key(d protocol.Descriptor) protocol.Descriptor {
	if r.ignoresNamespaces {
		d.Namespace = ""
	}
	return d
}

func (r *reference) run(ctx context.Context, c platform.Call, in io.Reader, out io.Writer) int {
	switch c.Verb {
	case "spec":
		modes := cmp.Or(r.offers, offers)
		fmt.Fprintf(out, `{"type":"SPEC","spec":{"connectionSpecification":{},`+
			`"supported_destination_sync_modes":%s}}`+"\n", modes)
		return 0
	case "check":
		fmt.Fprintf(out, `{"type":"CONNECTION_STATUS","connectionStatus":{"status":%q}}`+"\n",
			cmp.Or(r.checks, "SUCCEEDED"))
		return 0
	}
	w := &write{reference: r, out: out, by: map[protocol.Descriptor]*target{}}
	w.open(c.Catalog)
	code := w.take(bufio.NewReader(in))
	if r.hangs {
		<-ctx.Done()
		return 0
	}
	if r.exitsWell {
		return 0
	}
	return code
}

// write is one run of the verb.
type write struct {
	*reference

	out  io.Writer
	all  []*target
	by   map[protocol.Descriptor]*target
	held []string // states that are written at the end
	sent int
	last *target
}

func (w *write) open(catalog []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var parsed protocol.ConfiguredCatalog
	if err := json.Unmarshal(catalog, &parsed); err != nil {
		panic(err)
	}
	for _, s := range parsed.Streams {
		d := w.key(s.Stream.Descriptor())
		if w.tables[d] == nil {
			w.tables[d] = new(table)
		}
		t := &target{ConfiguredStream: s, table: w.tables[d], properties: properties(s.Stream)}
		if t.columns == nil {
			t.columns = t.properties
		}
		if w.keepsColumns {
			t.properties = t.columns
		}
		w.prepare(t)
		w.all = append(w.all, t)
		w.by[d] = t
	}
}

// prepare decides where the rows of a stream go.
func (w *write) prepare(t *target) {
	minimum := int64(0)
	if t.counted = t.GenerationID != nil && !w.ignoresGenerations; t.counted {
		t.generation, minimum = *t.GenerationID, *t.MinimumGenerationID
	}
	replace := t.DestinationSyncMode == protocol.DestinationOverwrite || minimum > 0
	t.to = &t.rows
	switch {
	case w.ignoresGenerations && t.GenerationID != nil && *t.MinimumGenerationID > 0:
		t.to, t.replaces = &t.staged, true // whatever is there is gone on with
	case replace && t.counted && t.table.generation == t.generation:
	case replace && w.replacesAtOnce:
		t.rows = nil
	case replace:
		if w.forgetsStaged || !t.counted && !w.keepsLeftovers || t.stagedFor != t.generation {
			t.staged = nil
		}
		t.to, t.replaces, t.stagedFor = &t.staged, true, t.generation
	default:
		if t.counted && t.stagedFor == t.generation && !w.dropsStaged {
			t.rows = append(t.rows, t.staged...)
		}
		t.staged, t.table.generation = nil, t.generation
		if w.repeatsFailed {
			t.rows = append(t.rows, t.failed...)
		}
	}
}

func properties(s protocol.Stream) (names []string) {
	var schema struct{ Properties map[string]json.RawMessage }
	if err := json.Unmarshal(s.JSONSchema, &schema); err != nil {
		panic(err)
	}
	for name := range schema.Properties {
		names = append(names, name)
	}
	return names
}

// take reads the input to its end and returns the exit code.
func (w *write) take(in *bufio.Reader) int {
	for {
		line, err := in.ReadString('\n')
		switch {
		case errors.Is(err, io.ErrClosedPipe):
			if w.swapsKilled {
				w.end(true)
			}
			return 1 // killed: what was not loaded is lost
		case err != nil:
			return w.end(line != "")
		}
		m, err := protocol.Parse([]byte(line))
		switch {
		case err != nil:
			return 1
		case m.Record != nil:
			w.record(m.Record)
		case m.State != nil:
			w.state(m.State)
		case m.Trace != nil && m.Trace.StreamStatus != nil:
			w.by[w.key(m.Trace.StreamStatus.Descriptor)].complete = true
		}
	}
}

func (w *write) record(r *protocol.Record) {
	t := w.by[w.key(r.Descriptor())]
	if w.losesInterleaved && w.last != nil && w.last != t {
		w.last.pending = nil // one batch for all
	}
	w.last = t
	t.pending = append(t.pending, r)
}

// state loads what comes before a state and writes it back.
func (w *write) state(st *protocol.State) {
	var n counts
	for _, t := range w.all {
		if st.Stream == nil || w.key(st.Stream.Descriptor) == w.key(t.Stream.Descriptor()) {
			if w.acksEarly || st.Global != nil && w.acksGlobalEarly {
				n.loaded += len(t.pending)
				continue
			}
			w.load(t)
			n.loaded += t.since.loaded
			n.rejected += t.since.rejected
			t.since = counts{}
		}
	}
	if w.miscounts != nil {
		w.miscounts(&n)
	}
	stats := &protocol.StateStats{RecordCount: new(protocol.Count(n.loaded))}
	if n.rejected > 0 {
		stats.RejectedRecordCount = new(protocol.Count(n.rejected))
	}
	if st.DestinationStats = stats; w.noStats {
		st.DestinationStats = nil
	}
	if w.losesID {
		st.ID = nil
	}
	text, err := st.MarshalJSON()
	if err != nil {
		panic(err)
	}
	w.sent++
	lines := []string{`{"type":"STATE","state":` + string(text) + `}`}
	if w.states != nil {
		lines = w.states(w, lines[0])
	}
	for _, line := range lines {
		fmt.Fprintln(w.out, line)
	}
}

// load makes the pending records of a stream rows.
func (w *write) load(t *target) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range t.pending {
		one := row{map[string]json.RawMessage{}, r.EmittedAt}
		for p, err := range jsonraw.Members(r.Data) {
			name := p.Name
			if err == nil && slices.Contains(t.properties, name) {
				one.data[name] = slices.Clone(p.Value)
			}
		}
		if strings.HasPrefix(string(one.data["id"]), `"`) {
			t.since.rejected++
			continue
		}
		t.since.loaded++
		if w.value != nil {
			for name, value := range one.data {
				one.data[name] = w.value(value)
			}
		}
		w.add(t, one)
	}
	t.pending = nil
}

// add adds a row, or lets it take the place of one with its key.
func (w *write) add(t *target, one row) {
	dedup := t.DestinationSyncMode == protocol.DestinationAppendDedup
	if dedup {
		for i, old := range *t.to {
			if w.sameKey(t, old, one) {
				if w.isNewer(t, one, old) {
					(*t.to)[i] = one
				}
				return
			}
		}
	}
	*t.to = append(*t.to, one)
}

func (w *write) sameKey(t *target, a, b row) bool {
	keys := t.PrimaryKey
	if w.oneKey {
		keys = keys[:1]
	}
	return !slices.ContainsFunc(keys, func(path []string) bool {
		x, y := string(a.data[path[0]]), string(b.data[path[0]])
		if w.foldsKeys {
			x, y = strings.ToLower(x), strings.ToLower(y)
		}
		return x != y
	})
}

// isNewer tells whether a row takes the place of an older one.
func (w *write) isNewer(t *target, one, old row) bool {
	if w.lastWins {
		return true
	}
	order := 0
	if len(t.CursorField) > 0 {
		a, b := one.data[t.CursorField[0]], old.data[t.CursorField[0]]
		switch {
		case a == nil && b == nil:
		case a == nil:
			order = -1
			if w.nullWins {
				order = 1
			}
		case b == nil:
			order = 1
		default:
			order = compareCursors(string(a), string(b))
		}
	}
	if order == 0 && w.losesTies {
		return false
	}
	return cmp.Or(order, cmp.Compare(one.emitted, old.emitted)) >= 0
}

func compareCursors(a, b string) int {
	x, errX := strconv.ParseInt(a, 10, 64)
	y, errY := strconv.ParseInt(b, 10, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

// end loads what is left, and lets the streams that are to be replaced take their place.
func (w *write) end(broken bool) int {
	for _, t := range w.all {
		w.load(t)
	}
	for _, line := range w.held {
		fmt.Fprintln(w.out, line)
	}
	good := !broken || w.toleratesHalfLines
	for _, t := range w.all {
		if t.GenerationID != nil && !t.complete && !w.needsNoComplete {
			good = false
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, t := range w.all {
		if t.replaces && (good || w.swapsAnyway || w.swapsKilled || w.swapsFirst && i == 0) {
			t.rows, t.staged, t.table.generation = t.staged, nil, t.generation
		}
	}
	for _, t := range w.all {
		if t.failed = nil; !good {
			t.failed = slices.Clone(*t.to)
		}
	}
	if !good {
		return 1
	}
	return 0
}
