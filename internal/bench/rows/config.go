package rows

import "time"

// Config is the config of the sources of a measurement: ours, the bare loop and Python's. The
// fields that a job does not name are zero.
type Config struct {
	// Shape is the name of the shape of the records.
	Shape string `json:"shape" title:"Shape"`
	// URL is the part of the API to read, with the shape, the page size and so on.
	URL string `json:"url,omitempty" title:"URL"`
	// Pages is how many pages each slice has.
	Pages int `json:"pages,omitempty" title:"Pages"`
	// Slices is in how many slices of [SliceDays] the stream "slices" is read.
	Slices int `json:"slices,omitempty" title:"Slices"`
	// Count is how many records a stream that makes its own has, or each partition of one.
	Count int `json:"count,omitempty" title:"Count"`
	// Partitions is how many partitions the stream "partitions" has.
	Partitions int `json:"partitions,omitempty" title:"Partitions"`
	// Streams is how many streams make their own records, beside the others.
	Streams int `json:"streams,omitempty" title:"Streams"`
}

// SliceDays is how long a slice is.
const SliceDays = 30

// Start is where the first slice begins.
func Start() time.Time { return firstMoment }

// End is where the last slice ends.
func (c Config) End() time.Time {
	return firstMoment.AddDate(0, 0, max(1, c.Slices)*SliceDays)
}
