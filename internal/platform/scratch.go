package platform

// Scratch keeps a memory for as long as it lives, for syncs that nobody goes on with later. Its
// zero value is empty.
type Scratch struct{ memory *Memory }

var _ Store = (*Scratch)(nil)

// Load implements [Store].
func (s *Scratch) Load() (*Memory, error) {
	if s.memory == nil {
		s.memory = newMemory()
	}
	return s.memory, nil
}

// SaveStates implements [Store]. The memory is the one that Load has returned.
func (s *Scratch) SaveStates(m *Memory) error {
	s.memory = m
	return nil
}

// SaveAll implements [Store].
func (s *Scratch) SaveAll(m *Memory) error { return s.SaveStates(m) }
