// Package troubleshooting makes the kit say the sentences of docs/troubleshooting.md.
package troubleshooting
