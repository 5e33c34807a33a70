// Package acceptance judges connectors from outside: it has one say what the platform would have it
// say, reads Airbyte's acceptance-test-config.yml for the circumstances, and looks over every line.
// It knows nothing of how a connector is run nor of how a report looks; package cdktest runs it
// within a Go test, and the command cdk runs it on any program.
package acceptance
