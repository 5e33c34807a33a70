package shop

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// query is what a request asks for.
type query struct {
	since, until time.Time // zero: open
	limit        int       // at least 1
	from         int       // number of the record to go on with, from the cursor
}

func parseQuery(values url.Values, pageSize int) (q query, err error) {
	if q.since, err = parseTime(values, "since"); err != nil {
		return q, err
	}
	if q.until, err = parseTime(values, "until"); err != nil {
		return q, err
	}
	if q.limit, err = parseLimit(values.Get("limit"), pageSize); err != nil {
		return q, err
	}
	q.from, err = parseToken(values.Get("cursor"))
	return q, err
}

func parseTime(values url.Values, name string) (time.Time, error) {
	text := values.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("%s must be a time such as 2024-01-31T00:00:00Z", name)
	}
	return t, nil
}

func parseLimit(text string, pageSize int) (int, error) {
	if text == "" {
		return pageSize, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errors.New("limit must be a whole number of at least 1")
	}
	return min(n, pageSize), nil
}

// A token says with which record the next page begins. It is wrapped, because an API whose cursors
// can be read has users who write their own.

const tokenMark = "record:"

func token(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(tokenMark + strconv.Itoa(n)))
}

func parseToken(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	number, marked := strings.CutPrefix(string(plain), tokenMark)
	n, notNumber := strconv.Atoi(number)
	if err != nil || !marked || notNumber != nil || n < 0 {
		return 0, errors.New("the cursor is not one of ours")
	}
	return n, nil
}
