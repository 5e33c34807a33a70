module github.com/airbyte-go/cdk/cmd/cdk

go 1.26.0

require (
	github.com/airbyte-go/cdk v0.0.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/go-json-experiment/json v1.27.2 // indirect
	github.com/santhosh-tekuri/jsonschema/v5 v5.3.1 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
)

replace github.com/airbyte-go/cdk => ../..
