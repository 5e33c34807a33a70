package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// reader reads the pages of the API, one after the other, into one buffer.
type reader struct {
	cfg     rows.Config
	out     *output
	body    bytes.Buffer
	decoder *jsontext.Decoder
}

func newReader(cfg rows.Config, out *output) *reader {
	return &reader{cfg: cfg, out: out, decoder: jsontext.NewDecoder(&bytes.Buffer{})}
}

func (r *reader) full(ctx context.Context) error {
	return r.pages(ctx, "records", url.Values{"pages": {strconv.Itoa(r.cfg.Pages)}}, r.out.record)
}

func (r *reader) slices(ctx context.Context) error {
	for from := rows.Start(); from.Before(r.cfg.End()); {
		to := from.AddDate(0, 0, rows.SliceDays)
		err := r.pages(ctx, "records", url.Values{
			"pages": {strconv.Itoa(r.cfg.Pages)},
			"since": {from.Format(time.RFC3339)}, "until": {to.Format(time.RFC3339)},
		}, r.out.record)
		if err != nil {
			return err
		}
		from = to
	}
	return nil
}

func (r *reader) children(ctx context.Context) error {
	var parents []int64
	err := r.pages(ctx, "parents", nil, func(record []byte) error {
		var parent struct {
			ID int64 `json:"id"`
		}
		err := json.Unmarshal(record, &parent)
		parents = append(parents, parent.ID)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range parents {
		path := "parents/" + strconv.FormatInt(id, 10) + "/children"
		if err := r.pages(ctx, path, nil, r.out.record); err != nil {
			return err
		}
	}
	return nil
}

// pages follows the tokens from page to page.
func (r *reader) pages(
	ctx context.Context, path string, query url.Values, emit func([]byte) error,
) error {
	for token := ""; ; {
		address := r.cfg.URL + path
		if token != "" {
			query.Set("cursor", token)
		}
		if len(query) > 0 {
			address += "?" + query.Encode()
		}
		if err := r.fetch(ctx, address); err != nil {
			return err
		}
		next, err := r.cut(emit)
		if err != nil || next == "" {
			return err
		}
		token = next
	}
}

// fetch reads one answer into the buffer.
func (r *reader) fetch(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, resp.Status)
	}
	r.body.Reset()
	_, err = r.body.ReadFrom(resp.Body)
	return err
}

// cut emits the records of the page in the buffer and returns the token of the next.
func (r *reader) cut(emit func([]byte) error) (next string, err error) {
	d := r.decoder
	d.Reset(&r.body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadToken(); err != nil {
		return "", err
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return "", err
		}
		switch name.String() {
		case "data":
			err = r.records(emit)
		case "meta":
			var raw jsontext.Value
			var meta struct {
				Next string `json:"next_cursor"`
			}
			if raw, err = d.ReadValue(); err == nil {
				err = json.Unmarshal(raw, &meta)
			}
			next = meta.Next
		default:
			err = d.SkipValue()
		}
		if err != nil {
			return "", err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return "", err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("the page goes on behind its end: %w", err)
	}
	return next, nil
}

// records emits the elements of an array.
func (r *reader) records(emit func([]byte) error) error {
	if _, err := r.decoder.ReadToken(); err != nil {
		return err
	}
	for r.decoder.PeekKind() != ']' {
		record, err := r.decoder.ReadValue()
		if err != nil {
			return err
		}
		if err := emit(record); err != nil {
			return err
		}
	}
	_, err := r.decoder.ReadToken()
	return err
}
