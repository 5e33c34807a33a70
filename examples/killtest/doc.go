// Package killtest holds nothing but tests: they kill syncs, and what is left must be true.
//
// The parts are those of a real sync, each a process of its own: examples/source-rest reads the
// shop of examples/internal/shop, the platform of internal/platform stands in the middle, and
// examples/destination-sqlite or examples/destination-postgres loads. TestKills ends one of them,
// or PostgreSQL's server, at a random moment, starts again from the state that was stored, and goes
// on so, in both worlds of the platform. TestEndurance does it for a time, on a hostile API and
// with gentler ways to disturb:
//
//	go test ./killtest -run Kills -kills 200 -timeout 60m -v
//	go test ./killtest -run Endurance -endurance 1h -timeout 2h -v
//
// They run on Linux, where a test can tell whose process it is about to end.
package killtest
