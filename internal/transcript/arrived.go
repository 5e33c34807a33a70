package transcript

import "github.com/airbyte-go/cdk/protocol"

// Arrived identifies a record by its stream and all of its data.
type Arrived struct {
	Stream protocol.Descriptor
	Data   string
}

// Missing are the records of one run that are in none of the others.
func Missing(of *Run, others ...*Run) (lost []Arrived) {
	here := map[Arrived]bool{}
	for _, r := range others {
		for _, record := range r.Arrived() {
			here[record] = true
		}
	}
	for _, record := range of.Arrived() {
		if !here[record] {
			lost = append(lost, record)
		}
	}
	return lost
}

// Arrived are the records of a run, in order.
func (r *Run) Arrived() (records []Arrived) {
	for _, m := range r.Messages {
		if m.Record != nil {
			records = append(records, Arrived{m.Record.Descriptor(), string(m.Record.Data)})
		}
	}
	return records
}
