package protocol

// LogLevel is the weight of a [Log].
type LogLevel string

// The levels, the gravest first.
const (
	LevelFatal LogLevel = "FATAL"
	LevelError LogLevel = "ERROR"
	LevelWarn  LogLevel = "WARN"
	LevelInfo  LogLevel = "INFO"
	LevelDebug LogLevel = "DEBUG"
	LevelTrace LogLevel = "TRACE"
)

// Log is a line for people.
type Log struct {
	Level      LogLevel `json:"level"`                 // how grave it is
	Message    string   `json:"message"`               // one sentence
	StackTrace string   `json:"stack_trace,omitempty"` // of an exception
}
