package schema_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/schema"
)

type (
	endless struct {
		A int      `json:"a"`
		B *endless `json:"b"`
	}
	endlessUnion struct {
		A *endlessBranch `json:"a"`
	}
	endlessBranch struct {
		U endlessUnion `json:"u" airbyte:"oneof=x"`
	}
	validUnion struct {
		A *struct{} `json:"a"`
	}
	customJSON struct{ A int }
)

func (*customJSON) UnmarshalJSON([]byte) error { return nil }

// TestConfigMistakes checks what a programmer reads at the first start: the field and the remedy.
// testdata/mistakes.txt has a line for each type, in this order.
func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	goldenPanics(t, "mistakes.txt", func(t reflect.Type) { schema.Config(t) },
		5,
		json.RawMessage{},
		time.Time{},
		customJSON{},
		endless{},
		endlessBranch{},

		struct{ A any }{},
		struct{ A json.RawMessage }{},
		struct{ A []byte }{},
		struct{ A chan int }{},
		struct{ A [2]int }{},
		struct{ A map[int]int }{},
		struct{ A customJSON }{},
		struct{ A time.Duration }{},
		struct{ A []bool }{},
		struct{ A [][]int }{},
		struct{ A []map[string]int }{},
		struct{ A struct{} }{},
		struct {
			A int `json:",string"`
		}{},

		struct {
			A int `default:"x"`
		}{},
		struct {
			A int `default:"1.5"`
		}{},
		struct {
			A int8 `default:"128"`
		}{},
		struct {
			A uint `default:"-1"`
		}{},
		struct {
			A float32 `default:"1e39"`
		}{},
		struct {
			A int `default:"1e999999999"`
		}{},
		struct {
			A bool `default:"yes"`
		}{},
		struct {
			A time.Time `default:"2024-01-31"`
		}{},
		struct {
			A time.Time `default:"2024-02-31" format:"date"`
		}{},
		struct {
			A string `default:"nowhere" format:"uri"`
		}{},
		struct {
			A string `default:"c" enum:"a,b"`
		}{},
		struct {
			A []string `default:"a,c" enum:"a,b"`
		}{},
		struct {
			A []int `default:"1,x"`
		}{},
		struct {
			A []int `default:"[1,\"x\"]"`
		}{},
		struct {
			A []int `default:"[1"`
		}{},
		struct {
			A string `default:"c" pattern:"^[ab]$"`
		}{},
		struct {
			A string `default:"c" min_length:"2"`
		}{},
		struct {
			A string `default:"ccc" max_length:"2"`
		}{},
		struct {
			A int `default:"0" minimum:"1"`
		}{},
		struct {
			A int `default:"3" maximum:"2"`
		}{},
		struct {
			A struct{ B int } `default:"{}"`
		}{},

		struct {
			A int `enum:"1,1"`
		}{},
		struct {
			A int `enum:"1,b"`
		}{},
		struct {
			A bool `enum:"true"`
		}{},
		struct {
			A int `examples:"x"`
		}{},
		struct {
			A string `pattern:"("`
		}{},
		struct {
			A int `pattern:"a"`
		}{},
		struct {
			A string `minimum:"1"`
		}{},
		struct {
			A int `minimum:"x"`
		}{},
		struct {
			A string `min_length:"-1"`
		}{},
		struct {
			A string `min_items:"1"`
		}{},
		struct {
			A string `format:"datetime"`
		}{},
		struct {
			A bool `airbyte:"secret"`
		}{},
		struct {
			A string `airbyte:"secret, hide"`
		}{},
		struct {
			A string `airbyte:"display=tabs"`
		}{},
		struct {
			A string `airbyte:"display=radio"`
		}{},
		struct {
			A string `order:"x"`
		}{},
		struct {
			A string `order:"1"`
			B string `order:"1"`
		}{},
		struct {
			A string `group:"g"`
		}{},
		struct {
			_ struct{} `groups:"g"`
			A struct {
				B string `group:"g"`
			}
		}{},
		struct {
			_ struct{} `groups:"g,g"`
		}{},

		struct {
			A string `airbyte:"oneof=x"`
		}{},
		struct {
			A struct{ B struct{} } `airbyte:"oneof=x"`
		}{},
		struct {
			A struct{ B *time.Time } `airbyte:"oneof=x"`
		}{},
		struct {
			A struct {
				B *struct {
					X string `json:"x"`
				}
			} `airbyte:"oneof=x"`
		}{},
		struct {
			A struct {
				B *struct{} `order:"1"`
			} `airbyte:"oneof=x"`
		}{},
		struct {
			A validUnion `airbyte:"oneof=x" pattern:"a"`
		}{},

		struct {
			A struct {
				K *struct{}
				O *struct {
					T string `airbyte:"oauth=output"`
				} `airbyte:"oauth2"`
			} `airbyte:"oneof=x"`
		}{},
		struct {
			A, B struct {
				O *struct {
					T string `airbyte:"oauth=output"`
				} `airbyte:"oauth2"`
			} `airbyte:"oneof=x"`
		}{},
		struct {
			A []struct {
				O *struct{} `airbyte:"oauth2"`
			} `airbyte:"oneof=x"`
		}{},
		struct {
			A struct {
				K *struct {
					T string `airbyte:"oauth=output"`
				}
			} `airbyte:"oneof=x"`
		}{},
		struct {
			A string `airbyte:"oauth=client_id"`
		}{},
		struct {
			A string `airbyte:"oauth2"`
		}{},
	)
}

// goldenPanics compares what build panics with for the types of the values with a file.
func goldenPanics(t *testing.T, file string, build func(reflect.Type), values ...any) {
	t.Helper()
	var got strings.Builder
	for _, v := range values {
		got.WriteString(panicOf(func() { build(reflect.TypeOf(v)) }) + "\n")
	}
	// Another toolchain has another name for the same type.
	text := strings.ReplaceAll(got.String(), "jsontext.Value", "json.RawMessage")
	if *update {
		writeTestdata(t, file, text)
	}
	assert.Equal(t, readTestdata(t, file), text)
}

// panicOf returns the value f panics with, as text.
func panicOf(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}
