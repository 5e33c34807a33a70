package http

import (
	"bufio"
	"errors"
	"io"
	nethttp "net/http"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/airbyte-go/cdk/protocol"
)

const (
	// encodings is what a client asks for, the cheapest to unpack first.
	encodings = "zstd, gzip, deflate"
	// maxEncodings is how often an answer may be packed.
	maxEncodings = 2
	// maxWindow is how far back zstd may refer, and so what a decoder holds: what the standard
	// lets a server use.
	maxWindow = 8 << 20
	// maxRatio is how many times its size an answer may unpack to, once that is more than
	// largeBody. Records that repeat each other hardly reach a tenth of it.
	maxRatio  = 1000
	largeBody = 256 << 20
)

// askForCompression returns whether the answer is to be unpacked: a request that says itself what
// it accepts, or asks for a range of bytes, gets what it asked for.
func askForCompression(r *nethttp.Request) bool {
	own := r.Header.Get("Accept-Encoding") != "" || r.Header.Get("Range") != ""
	if own || r.Method == nethttp.MethodHead {
		return false
	}
	r.Header.Set("Accept-Encoding", encodings)
	return true
}

// unpack makes the body of an answer readable as if it had not been packed.
func (c *Client) unpack(resp *nethttp.Response) {
	var names []string
	for name := range strings.SplitSeq(strings.Join(resp.Header["Content-Encoding"], ","), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "" && name != "identity" {
			names = append(names, name)
		}
	}
	wire, ok := resp.Body.(*body)
	if len(names) == 0 || !ok {
		return
	}
	slices.Reverse(names)
	resp.Body = &unpacked{wire: wire, names: names, zstd: &c.zstd}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength, resp.Uncompressed = -1, true
}

// unpacked is the body of an answer without its compression.
type unpacked struct {
	wire    *body
	names   []string // of the encodings, the outermost first
	zstd    *sync.Pool
	out     io.Reader
	release []func() // give the decoders back
	written int64
	err     error
	wireErr error // what Read of wire returned; decoders may wrap it
}

// Read implements [io.Reader].
func (u *unpacked) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	if u.out == nil {
		if u.err = u.open(); u.err != nil {
			u.err = u.explain(u.err)
			return 0, u.err
		}
	}
	n, err := u.out.Read(p)
	u.written += int64(n)
	switch {
	case err == io.EOF:
		_, _ = io.CopyN(io.Discard, u.wire, firstBuffer) // so that the connection can be reused
		u.err = io.EOF
	case err != nil:
		u.err = u.explain(err)
	case u.written > largeBody && u.written/maxRatio > u.wire.read:
		u.err = protocol.Errorf(protocol.SystemError, "%s: the answer unpacks to more than %d "+
			"times its size, which no records do. Ask the API's operator.", u.wire.what(), maxRatio)
	}
	return n, u.err
}

// open begins to unpack.
func (u *unpacked) open() error {
	if len(u.names) > maxEncodings {
		return u.unknown()
	}
	u.out = readerFunc(func(p []byte) (int, error) {
		n, err := u.wire.Read(p)
		if err != nil && !errors.Is(err, io.EOF) {
			u.wireErr = err
		}
		return n, err
	})
	for _, name := range u.names {
		out, release, err := u.newDecoder(name, u.out)
		if err != nil {
			return err
		}
		u.out, u.release = out, append(u.release, release)
	}
	return nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (u *unpacked) unknown() error {
	return protocol.Errorf(protocol.SystemError, "%s: the answer is encoded as %q, where %s was "+
		"asked for. Ask the API's operator.", u.wire.what(), strings.Join(u.names, ", "), encodings)
}

// explain turns an error of a decoder into a sentence.
func (u *unpacked) explain(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return err
	case u.wireErr != nil:
		return u.wireErr
	case errors.Is(err, io.ErrUnexpectedEOF):
		return protocol.Errorf(protocol.TransientError, "%s: the answer broke off after %d bytes, "+
			"before the end of its compression: %w", u.wire.what(), u.wire.read, err)
	}
	if own, ok := errors.AsType[*protocol.Error](err); ok {
		return own
	}
	return protocol.Errorf(protocol.TransientError, "%s: the answer cannot be unpacked (%s): %w",
		u.wire.what(), strings.Join(u.names, ", "), err)
}

// Close implements [io.Closer].
func (u *unpacked) Close() error {
	for _, release := range u.release {
		release()
	}
	u.release = nil
	if u.err == nil {
		u.err = nethttp.ErrBodyReadAfterClose
	}
	return u.wire.Close()
}

// The decoders and their buffers are large, and reused. Those of zstd hold channels, which must not
// wander from one bubble of testing/synctest to another, so each client has its own.
var (
	inputs      = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 32<<10) }}
	gzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}
)

// newDecoder returns a decoder of in and what gives it back.
func (u *unpacked) newDecoder(name string, in io.Reader) (io.Reader, func(), error) {
	buffered := inputs.Get().(*bufio.Reader)
	buffered.Reset(in)
	free := func() {
		buffered.Reset(nil)
		inputs.Put(buffered)
	}
	out, giveBack, err := u.decoderOf(name, buffered)
	if err != nil {
		free()
		return nil, nil, err
	}
	return out, func() { giveBack(); free() }, nil
}

func (u *unpacked) decoderOf(
	name string, in *bufio.Reader,
) (out io.Reader, release func(), err error) {
	start, err := in.Peek(2)
	if len(start) == 0 {
		return nil, nil, err // an empty body is not packed, whatever the header says
	}
	switch name {
	case "gzip", "x-gzip":
		return openGzip(in)
	case "zstd":
		return openZstd(in, u.zstd)
	case "deflate":
		if isZlib(start) {
			out, err = zlib.NewReader(in)
		} else { // wrong, but what some servers mean by it
			out, err = flate.NewReader(in), nil
		}
		return out, func() {}, err
	}
	return nil, nil, u.unknown()
}

func openGzip(in io.Reader) (io.Reader, func(), error) {
	gz := gzipReaders.Get().(*gzip.Reader)
	release := func() { gzipReaders.Put(gz) }
	if err := gz.Reset(in); err != nil {
		release()
		return nil, nil, err
	}
	return gz, release, nil
}

func openZstd(in io.Reader, pool *sync.Pool) (io.Reader, func(), error) {
	zs, ok := pool.Get().(*zstd.Decoder)
	if !ok {
		var err error
		// With one worker it starts no goroutine that would need a Close.
		zs, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, nil, err
		}
	}
	release := func() {
		if zs.Reset(nil) == nil {
			pool.Put(zs)
		}
	}
	if err := zs.Reset(in); err != nil {
		release()
		return nil, nil, err
	}
	return zs, release, nil
}

// isZlib looks at the header that zlib puts before deflated data.
func isZlib(start []byte) bool {
	return len(start) == 2 && start[0]&0x0f == 8 && start[0]>>4 <= 7 &&
		(uint(start[0])<<8|uint(start[1]))%31 == 0
}
