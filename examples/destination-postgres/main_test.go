package main

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations/sqltable"
	"github.com/airbyte-go/cdk/examples/internal/pgtest"
	"github.com/airbyte-go/cdk/examples/internal/tabletest"
)

var (
	destination = sqltable.Destination[Config]{Connect: connect}
	databases   atomic.Int64
)

// fresh is the destination with a database of its own in a cluster.
func fresh(tb testing.TB, cluster *pgtest.Cluster, config string) *tabletest.Target {
	tb.Helper()
	name := fmt.Sprintf("test%d", databases.Add(1))
	_, err := cluster.Open(tb, "postgres").ExecContext(tb.Context(), "CREATE DATABASE "+name)
	require.NoError(tb, err)
	return tabletest.Of(destination, tabletest.Target{
		DB: cluster.Open(tb, name), Dialect: postgres{}, Schema: "public",
		URL: cluster.URL(pgtest.User, "", name),
		Config: fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"database":%q,"username":%q,`+
			`"ssl_mode":"disable"%s}`, cluster.Port, name, pgtest.User, config),
	})
}

func TestConformance(t *testing.T) {
	cluster := pgtest.Start(t, "fsync=off", "max_connections=200")
	tabletest.Conformance(t, func(tb testing.TB) *tabletest.Target {
		tb.Helper()
		return fresh(tb, cluster, "")
	})
}

func TestAcceptance(t *testing.T) {
	cluster := pgtest.Start(t, "fsync=off")
	tabletest.Accept(t, destination, fresh(t, cluster, ""))
}

func TestSoftDelete(t *testing.T) {
	cluster := pgtest.Start(t, "fsync=off")
	tabletest.SoftDelete(t, fresh(t, cluster, `,"cdc_deletion_mode":"Soft delete"`))
}
