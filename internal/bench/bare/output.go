package main

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// output writes RECORD lines, 64 KiB at a time.
type output struct {
	to     io.Writer
	prefix []byte
	buffer []byte
}

func newOutput(to io.Writer, stream string) *output {
	const size = 64 << 10
	return &output{
		to: to, buffer: make([]byte, 0, size),
		prefix: fmt.Appendf(nil, `{"type":"RECORD","record":{"stream":%q,"emitted_at":%d,"data":`,
			stream, time.Now().UnixMilli()),
	}
}

// record writes one. A line break between its tokens would end the line too early.
func (o *output) record(data []byte) error {
	const suffix = "}}\n"
	if len(o.buffer)+len(o.prefix)+len(data)+len(suffix) > cap(o.buffer) {
		if err := o.flush(); err != nil {
			return err
		}
	}
	o.buffer = append(o.buffer, o.prefix...)
	start := len(o.buffer)
	o.buffer = append(o.buffer, data...)
	for rest := o.buffer[start:]; ; {
		at := bytes.IndexByte(rest, '\n')
		if at < 0 {
			break
		}
		rest[at] = ' '
		rest = rest[at+1:]
	}
	o.buffer = append(o.buffer, suffix...)
	return nil
}

func (o *output) flush() error {
	_, err := o.to.Write(o.buffer)
	o.buffer = o.buffer[:0]
	return err
}
