package main

import (
	"context"
	"io"
	nethttp "net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestServe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		args := []string{"-dir", dir, "-serve", "127.0.0.1:0", "-size", "5000000"}
		code <- run(ctx, args, w, io.Discard)
		_ = w.Close()
	}()
	said := make([]byte, 4<<10)
	n, err := r.Read(said)
	require.NoError(t, err)
	address := regexp.MustCompile(`http://\S+/v1/`).FindString(string(said[:n]))
	go func() { _, _ = io.Copy(io.Discard, r) }()

	resp, err := nethttp.Get(address + "orders")
	require.NoError(t, err)
	assert.Equal(t, nethttp.StatusUnauthorized, resp.StatusCode)
	require.NoError(t, resp.Body.Close())
	config, err := os.ReadFile(filepath.Join(dir, "config.json"))
	require.NoError(t, err)
	assert.Contains(t, string(config), address)

	cancel()
	assert.Zero(t, <-code)
}
