// Package platform plays the Airbyte platform between a source and a destination, so that an author
// sees on their own machine what Airbyte will do to their connector.
//
// A [Sync] is one connection: two connectors, a configured catalog, and a [Store] that outlives the
// run. [Sync.Run] makes attempts as the platform's orchestrator does. It numbers states, counts
// records, drops what the platform drops and fails where the platform fails; what the platform would
// pass over in silence becomes a finding of the [Report]. [Ask] runs the verbs that answer with one
// message.
//
// There are two worlds. A connector of Airbyte's registry may declare supportsRefreshes: then its
// destination gets generation ids, and COMPLETE for every stream once the source has succeeded.
// Every custom connector lives in the other world, without both.
//
// Facts are those of the platform as of August 2026, which links release 0.19 of the protocol's
// models. Not played are sockets, mappers, file transfer and field selection.
package platform
