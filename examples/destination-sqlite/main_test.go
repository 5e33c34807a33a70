package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations/sqltable"
	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

var destination = sqltable.Destination[Config]{Connect: connect}

// fresh is the destination with a file of its own.
func fresh(tb testing.TB) *tabletest.Target {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "test's file.db")
	db, err := connect(tb.Context(), Config{Path: path})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.DB.Close()) })
	return tabletest.Of(destination, tabletest.Target{
		DB: db.DB, Dialect: db.Dialect, Config: `{"path":"` + filepath.ToSlash(path) + `"}`,
	})
}

func TestConformance(t *testing.T) { tabletest.Conformance(t, fresh) }

func TestAcceptance(t *testing.T) {
	tabletest.Accept(t, destination, fresh(t))
}
