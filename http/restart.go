package http

import "errors"

// errCapReached is returned by a paginator whose next page the API does not serve.
var errCapReached = errors.New("the API serves no page beyond the Max of the stream's Pages")
