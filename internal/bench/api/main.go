// Command api is the local API that the sources of a measurement read. Its pages are made before
// they are asked for, so that it costs little beside them. It prints its address and runs until
// its standard input ends, so that it never outlives who started it.
//
// The address names what is served: /SHAPE/RECORDS-A-PAGE/MILLISECONDS/plain or gzip, and then
//
//	records?pages=N               pages that follow each other by a token
//	records?pages=N&since=&until= the same for one slice, with moments inside of it
//	parents                       one page of parents
//	parents/{id}/children         one page of children
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: (&api{}).handler(), ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = server.Close()
	}()
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// api keeps the pages that were asked for once.
type api struct {
	pages sync.Map // of *rows.Page by the shape and size
	texts sync.Pool
}

func (a *api) handler() http.Handler {
	mux := http.NewServeMux()
	const base = "GET /{shape}/{size}/{latency}/{encoding}/"
	mux.HandleFunc(base+"records", a.records)
	mux.HandleFunc(base+"parents", a.single)
	mux.HandleFunc(base+"parents/{id}/children", a.single)
	return mux
}

// page finds the page and waits as long as the address says.
func (a *api) page(w http.ResponseWriter, r *http.Request) (*rows.Page, bool) {
	shape, err := rows.ShapeOf(r.PathValue("shape"))
	size, sizeErr := strconv.Atoi(r.PathValue("size"))
	latency, latencyErr := strconv.Atoi(r.PathValue("latency"))
	if err := errors.Join(err, sizeErr, latencyErr); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return nil, false
	}
	key := fmt.Sprint(shape.Name, size)
	found, ok := a.pages.Load(key)
	if !ok {
		made, err := rows.NewPage(shape, size)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return nil, false
		}
		found, _ = a.pages.LoadOrStore(key, made)
	}
	if latency > 0 {
		select {
		case <-time.After(time.Duration(latency) * time.Millisecond):
		case <-r.Context().Done():
			return nil, false
		}
	}
	p, ok := found.(*rows.Page)
	return p, ok
}

func (a *api) single(w http.ResponseWriter, r *http.Request) {
	if p, ok := a.page(w, r); ok {
		send(w, r, p, "")
	}
}

func (a *api) records(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	pages, err := strconv.Atoi(query.Get("pages"))
	if err != nil {
		http.Error(w, "pages: "+err.Error(), http.StatusBadRequest)
		return
	}
	p, ok := a.page(w, r)
	if !ok {
		return
	}
	number, _ := strconv.Atoi(query.Get("cursor")) // without one it is the first page
	token := ""
	if number+1 < pages {
		token = strconv.Itoa(number + 1)
	}
	since := query.Get("since")
	if since == "" {
		send(w, r, p, token)
		return
	}
	first, err := time.Parse(time.RFC3339, since)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	size, _ := strconv.Atoi(r.PathValue("size"))
	first = first.Add(time.Duration(1+number*size) * time.Second)
	buffer, _ := a.texts.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	*buffer = p.At((*buffer)[:0], first, token)
	answer(w, *buffer, nil)
	a.texts.Put(buffer)
}

func send(w http.ResponseWriter, r *http.Request, p *rows.Page, token string) {
	if r.PathValue("encoding") != "gzip" {
		head, end := p.Parts(token)
		answer(w, head, end)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	head, end := p.Packed(token)
	answer(w, head, end)
}

func answer(w http.ResponseWriter, head, end []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(head)+len(end)))
	_, _ = w.Write(head) // a client that went away needs no answer
	_, _ = w.Write(end)
}
