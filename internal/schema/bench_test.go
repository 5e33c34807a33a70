package schema_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
)

// BenchmarkSpec is what the spec verb does with this package, once per process.
func BenchmarkSpec(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		schema.Config(reflect.TypeFor[shopConfig]()).Connector()
	}
}

// BenchmarkStart is what every other verb does, once per process: the schema is compiled, too.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		spec := schema.Config(reflect.TypeFor[shopConfig]())
		spec.Secrets([]byte(shopValid))
		complete, err := spec.Complete([]byte(shopValid))
		require.NoError(b, err)
		var into shopConfig
		require.NoError(b, schema.Decode(complete, &into))
	}
}

// BenchmarkComplete is a config against a spec that has been compiled.
func BenchmarkComplete(b *testing.B) {
	spec := shopSpec()
	b.ReportAllocs()
	for b.Loop() {
		_, err := spec.Complete([]byte(shopValid))
		require.NoError(b, err)
	}
}
