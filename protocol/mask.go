package protocol

// masked returns m with every text for people rewritten by mask. It copies what it changes, for
// m belongs to the caller. Records, states, configs and catalogs are data and never touched.
func (m *Message) masked(mask func(string) string) *Message {
	c := *m
	switch {
	case m.Type == MessageLog && m.Log != nil:
		c.Log = m.Log.masked(mask)
	case m.Type == MessageTrace && m.Trace != nil:
		c.Trace = m.Trace.masked(mask)
	case m.Type == MessageConnectionStatus && m.ConnectionStatus != nil:
		status := *m.ConnectionStatus
		status.Message = mask(status.Message)
		c.ConnectionStatus = &status
	}
	return &c
}

func (l *Log) masked(mask func(string) string) *Log {
	c := *l
	c.Message, c.StackTrace = mask(l.Message), mask(l.StackTrace)
	return &c
}

func (t *Trace) masked(mask func(string) string) *Trace {
	c := *t
	if t.Error != nil {
		e := *t.Error
		e.Message, e.InternalMessage = mask(e.Message), mask(e.InternalMessage)
		e.StackTrace = mask(e.StackTrace)
		c.Error = &e
	}
	if t.Analytics != nil {
		a := *t.Analytics
		a.Value = mask(a.Value)
		c.Analytics = &a
	}
	return &c
}
