// Package metrics writes what a sync came to in the text form of Prometheus, for the textfile
// collector of its node exporter.
package metrics

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
)

// family is a metric with its samples.
type family struct {
	name, help string
	samples    []sample
}

type sample struct {
	labels []string // name, value, name, value
	value  float64
}

// Text is the file of a connection. All are gauges: they speak of the last sync alone. The label
// connection keeps the files of several connections apart.
func Text(connection string, r *platform.Report) []byte {
	var b bytes.Buffer
	for _, f := range append(ofSync(r), ofStreams(r)...) {
		fmt.Fprintf(&b, "# HELP cdk_sync_%s %s\n# TYPE cdk_sync_%s gauge\n", f.name, f.help, f.name)
		for _, s := range f.samples {
			labels := append([]string{"connection", connection}, s.labels...)
			fmt.Fprintf(&b, "cdk_sync_%s{%s} %s\n", f.name, labelText(labels),
				strconv.FormatFloat(s.value, 'g', -1, 64))
		}
	}
	return b.Bytes()
}

// escape makes a text one of a label.
var escape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func labelText(labels []string) string {
	var parts []string
	for i := 0; i < len(labels); i += 2 {
		value := strings.ToValidUTF8(labels[i+1], "?")
		parts = append(parts, labels[i]+`="`+escape.Replace(value)+`"`)
	}
	return strings.Join(parts, ",")
}

func one(name, help string, value float64) family {
	return family{name, help, []sample{{value: value}}}
}

func ofSync(r *platform.Report) []family {
	total := r.Totals()
	ended := r.Begun.Add(time.Duration(r.Seconds * float64(time.Second)))
	var failures int
	for i := range r.Attempts {
		failures += len(r.Attempts[i].Failures)
	}
	outcome := family{name: "outcome", help: "1 for how the last sync ended, 0 for the others."}
	for _, o := range []platform.Outcome{
		platform.Succeeded, platform.Failed, platform.Cancelled,
	} {
		outcome.samples = append(outcome.samples,
			sample{[]string{"outcome", string(o)}, number(r.Outcome == o)})
	}
	const milli = 1000
	return []family{
		one("last_run_timestamp_seconds", "When the last sync ended, since 1970.",
			float64(ended.UnixMilli())/milli),
		outcome,
		one("duration_seconds", "How long the last sync took.", r.Seconds),
		one("attempts", "Attempts that the last sync made.", float64(len(r.Attempts))),
		one("failures", "Failures in all attempts.", float64(failures)),
		one("findings", "Different findings: what is amiss without failing the sync.",
			float64(len(r.Findings))),
		one("records", "Records read in all streams.", float64(total.Records)),
		one("bytes", "Bytes of data read in all streams.", float64(total.Bytes)),
		one("records_committed", "Records that the destination has made durable.",
			float64(total.Committed)),
		one("records_rejected", "Records that the destination has rejected.",
			float64(total.Rejected)),
	}
}

func ofStreams(r *platform.Report) []family {
	families := []struct {
		name, help string
		value      func(s *platform.StreamReport) float64
	}{
		{"stream_complete", "1 if the stream was read to its end and is durable.",
			func(s *platform.StreamReport) float64 { return number(s.Complete) }},
		{"stream_duration_seconds", "How long the stream was read.",
			func(s *platform.StreamReport) float64 { return s.Seconds }},
		{"stream_records", "Records read.",
			func(s *platform.StreamReport) float64 { return float64(s.Records) }},
		{"stream_bytes", "Bytes of data read.",
			func(s *platform.StreamReport) float64 { return float64(s.Bytes) }},
		{"stream_records_committed", "Records that the destination has made durable.",
			func(s *platform.StreamReport) float64 { return float64(s.Committed) }},
		{"stream_bytes_committed", "Bytes of data that the destination has made durable.",
			func(s *platform.StreamReport) float64 { return float64(s.CommittedBytes) }},
		{"stream_records_rejected", "Records that the destination has rejected.",
			func(s *platform.StreamReport) float64 { return float64(s.Rejected) }},
		{"stream_records_dropped", "Records that the platform has dropped.",
			func(s *platform.StreamReport) float64 { return float64(s.Dropped) }},
		{"stream_states_committed", "States that the destination has written back.",
			func(s *platform.StreamReport) float64 { return float64(s.Acknowledged) }},
	}
	if len(r.Streams) == 0 {
		return nil
	}
	all := make([]family, len(families))
	for i, f := range families {
		all[i] = family{name: f.name, help: f.help}
		for j := range r.Streams {
			s := &r.Streams[j]
			labels := []string{"namespace", s.Stream.Namespace, "stream", s.Stream.Name}
			all[i].samples = append(all[i].samples, sample{labels, f.value(s)})
		}
	}
	return all
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
