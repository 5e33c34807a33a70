// Package platform plays the Airbyte platform between a source and a destination, so that an author
// sees on their own machine what Airbyte will do to their connector.
//
// A [Sync] is one connection: two connectors, a configured catalog, and a [Store] that outlives the
// run. [Sync.Run] makes attempts as the platform's orchestrator does. It numbers states, counts
// records, drops what the platform drops and fails where the platform fails; what the platform
// would pass over in silence becomes a finding of the [Report]. [Ask] runs the verbs that answer
// with one message.
//
// There are two worlds. A connector of Airbyte's registry may declare supportsRefreshes: then its
// destination gets generation ids, and COMPLETE for every stream once the source has succeeded.
// Every custom connector lives in the other world, without both.
//
// Comments cite sections of the facts that this package was written after. They are no public
// document; what each is about:
//
//   - A.3: the state message, its kinds and its statistics.
//   - A.4: properties of a state that no schema has, such as its id, and who adds them.
//   - A.5: logs, traces (errors, estimates, stream status) and control messages.
//   - A.9: the rules: which output and exit codes pass, what the platform adds to states, drops,
//     refuses and counts, the order of statuses, generation ids, and where configs are kept.
//   - C.1: how a connector's container is started, fed and ended, with the graces.
//   - C.4: heartbeats, timeouts, retries and how often states are stored.
//   - C.5: how records and bytes are counted.
//
// Facts are those of the platform as of August 2026, which links release 0.19 of the protocol's
// models. Not played are sockets, mappers, file transfer and field selection.
package platform
