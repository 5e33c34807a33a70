package plot

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChartIsXMLWithItsWords(t *testing.T) {
	t.Parallel()
	chart := Chart{
		Title: "a < b", X: Axis{Label: "records", Log: true}, Y: Axis{Label: "MiB"},
		Lines: []Line{
			{"one", []Point{{1e4, 12}, {1e5, 13}, {1e6, 12.5}}},
			{"two", []Point{{0, 1}, {1e4, math.NaN()}, {1e5, 40}}},
			{"none", nil},
		},
	}
	svg := string(chart.SVG())
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
	for _, part := range []string{"a &lt; b", ">records<", ">MiB<", ">one<", ">none<", ">1 M<"} {
		assert.Contains(t, svg, part)
	}
	assert.Equal(t, 4, strings.Count(svg, "<circle"), "what cannot be shown is left out")
	assert.NotContains(t, svg, "NaN")
	assert.NotContains(t, string(Chart{}.SVG()), "NaN", "a chart of nothing")
}

func TestScaleHasRoundSteps(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		least, most float64
		log         bool
		want        []float64
	}{
		{0, 9, false, []float64{0, 2, 4, 6, 8, 10}},
		{0, 230, false, []float64{0, 50, 100, 150, 200, 250}},
		{7, 7, false, []float64{7, 7.2, 7.4, 7.6, 7.8, 8}},
		{20, 4000, true, []float64{10, 100, 1000, 10000}},
		{100, 100, true, []float64{100, 1000}},
	} {
		s := scale{log: test.log, least: test.least, most: test.most, from: 0, to: 100}
		s.round()
		assert.InDeltaSlice(t, test.want, s.ticks(), 1e-9)
		assert.InDelta(t, 0, s.at(s.least), 1e-9)
		assert.InDelta(t, 100, s.at(s.most), 1e-9)
	}
	assert.Equal(t, []string{"0.5", "120", "20 k", "3 M"},
		[]string{short(0.5), short(120), short(20_000), short(3e6)})
}
