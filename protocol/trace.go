package protocol

// TraceType says which payload a [Trace] carries.
type TraceType string

// The trace types.
const (
	TraceError        TraceType = "ERROR"
	TraceEstimate     TraceType = "ESTIMATE"
	TraceStreamStatus TraceType = "STREAM_STATUS"
	TraceAnalytics    TraceType = "ANALYTICS"
)

// Trace tells the platform how a connector is doing.
type Trace struct {
	Type      TraceType `json:"type"`       // says which of the payloads counts
	EmittedAt int64     `json:"emitted_at"` // milliseconds since 1970

	// Error is a failure. The platform shows the earliest one of a sync to the user.
	Error *ErrorTrace `json:"error,omitempty"`
	// Estimate is a guess at what is to come.
	Estimate *Estimate `json:"estimate,omitempty"`
	// StreamStatus is what a stream is doing.
	StreamStatus *StreamStatusTrace `json:"stream_status,omitempty"`
	// Analytics is a fact for the connector's maintainers.
	Analytics *Analytics `json:"analytics,omitempty"`
}

// ErrorTrace is a failure as the platform shows it. Programs build it with [Error.Trace].
type ErrorTrace struct {
	// Message is for the user. The platform cuts it at 50,000 characters.
	Message string `json:"message"`
	// InternalMessage is for the connector's maintainers.
	InternalMessage string `json:"internal_message,omitempty"`
	// StackTrace is where it happened. The platform cuts it at 100,000 characters.
	StackTrace string `json:"stack_trace,omitempty"`
	// FailureType says who can do something about it; absent counts as SystemError.
	FailureType FailureType `json:"failure_type,omitempty"`
	// Descriptor names the stream that failed; nil: none in particular.
	Descriptor *Descriptor `json:"stream_descriptor,omitempty"`
}

// FailureType says who can do something about a failure.
type FailureType string

// The failure types.
const (
	SystemError    FailureType = "system_error"    // a defect of the connector or of the platform
	ConfigError    FailureType = "config_error"    // the user must change something
	TransientError FailureType = "transient_error" // trying again later may help
)

// EstimateType is the scope of an [Estimate].
type EstimateType string

// The scopes of an estimate. The platform drops all estimates of a sync that mixes them.
const (
	EstimateStream EstimateType = "STREAM"
	EstimateSync   EstimateType = "SYNC"
)

// Estimate is a guess at how much a sync will read. Zero counts are not written.
type Estimate struct {
	Name         string       `json:"name"`                    // of the stream
	Type         EstimateType `json:"type"`                    // the stream or the whole sync
	Namespace    string       `json:"namespace,omitempty"`     // of the stream
	RowEstimate  int64        `json:"row_estimate,omitempty"`  // records to come
	ByteEstimate int64        `json:"byte_estimate,omitempty"` // their size
}

// StreamStatus is what a stream is doing.
type StreamStatus string

// The statuses, in the order a stream goes through them. It ends with one of the last two.
const (
	StatusStarted    StreamStatus = "STARTED"    // nothing read yet
	StatusRunning    StreamStatus = "RUNNING"    // the first record was read
	StatusComplete   StreamStatus = "COMPLETE"   // read to the end
	StatusIncomplete StreamStatus = "INCOMPLETE" // stopped by an error or an interruption
)

// StreamStatusTrace announces the status of a stream.
type StreamStatusTrace struct {
	Descriptor Descriptor     `json:"stream_descriptor"` // the stream
	Status     StreamStatus   `json:"status"`            // its status from now on
	Reasons    []StatusReason `json:"reasons,omitempty"` // why; mostly none
}

// StatusReasonType is why a stream has its status.
type StatusReasonType string

// ReasonRateLimited says that a running stream waits for an API's quota. The platform shows it
// until the next record.
const ReasonRateLimited StatusReasonType = "RATE_LIMITED"

// StatusReason explains a status.
type StatusReason struct {
	Type        StatusReasonType `json:"type"`                   // the kind of reason
	RateLimited *RateLimited     `json:"rate_limited,omitempty"` // with ReasonRateLimited
}

// RateLimited is the detail of [ReasonRateLimited].
type RateLimited struct {
	// QuotaReset is when the quota is restored, in milliseconds since 1970; zero: not known.
	QuotaReset int64 `json:"quota_reset,omitempty"`
}

// Analytics is one fact about how a connector is used, for those who maintain it. Type is a
// constant of the connector's code, shared by all connectors.
type Analytics struct {
	Type  string `json:"type"`            // the kind of event
	Value string `json:"value,omitempty"` // free text
}
