package platform

// Exit codes with a meaning of their own.
const (
	exitSuccess  = 0
	exitTermed   = 143 // SIGTERM; tolerated where the platform closes a connector (A.9)
	killedCode   = 137 // SIGKILL
	lostCode     = 1   // assumed where no exit code is to be had (A.9)
	entryDenied  = 126 // the shell may not execute the program
	entryMissing = 127 // the shell found no such program
)
