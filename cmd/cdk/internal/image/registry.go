package image

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// answerTimeout bounds how long a registry may take to answer a request that it has in full.
const answerTimeout = 2 * time.Minute

// registryOptions are those of every conversation with a registry: the logins of Docker and of its
// credential helpers, and no wait without an end.
func registryOptions(ctx context.Context) []remote.Option {
	options := []remote.Option{
		remote.WithContext(ctx),
		remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithUserAgent("airbyte-go-cdk"),
	}
	if shared, ok := remote.DefaultTransport.(*http.Transport); ok {
		own := shared.Clone()
		own.ResponseHeaderTimeout = answerTimeout
		options = append(options, remote.WithTransport(own))
	}
	return options
}

// openReference asks a registry for what an image is. Layers are loaded when they are read.
func (o *origin) openReference(ctx context.Context) error {
	ref, err := name.ParseReference(o.where)
	if err != nil {
		return fmt.Errorf("%q is no folder, no file and no name of an image (%w); give one such "+
			"as alpine:3.22 or registry.example.com/acme/base:1", o.where, err)
	}
	if tag, ok := ref.(name.Tag); ok {
		o.tag = &tag
	}
	found, err := remote.Get(ref, registryOptions(ctx)...)
	if err != nil {
		return pullError(ctx, ref, err)
	}
	if found.MediaType.IsIndex() {
		index, err := found.ImageIndex()
		if err == nil {
			err = o.addIndex(index, 0)
		}
		return pullError(ctx, ref, err)
	}
	img, err := found.Image()
	if err == nil {
		err = o.addImage(img, nil)
	}
	return pullError(ctx, ref, err)
}

// pullError says in a sentence why an image cannot be had.
func pullError(ctx context.Context, ref name.Reference, err error) error {
	if err == nil {
		return nil
	}
	return registryError(ctx, ref, err, "is not loaded",
		"look at its name and version, or name a base that is here: an OCI layout or a tar")
}

// pushError says in a sentence why an image has not arrived.
func pushError(ctx context.Context, ref name.Reference, err error) error {
	if err == nil {
		return nil
	}
	return registryError(ctx, ref, err, "is not pushed", "make the repository there first")
}

// registryError words an error. what says what did not happen, and unknown what to do about a name
// that the registry does not know.
func registryError(ctx context.Context, ref name.Reference, err error, what, unknown string) error {
	registry := ref.Context().RegistryStr()
	because := func(reason string) error {
		return fmt.Errorf("%s %s: %s (%w)", ref, what, reason, err)
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	if refused, ok := errors.AsType[*transport.Error](err); ok {
		return because(statusReason(refused.StatusCode, registry, unknown))
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return because("the registry " + registry + " cannot be reached; look at the name of its " +
			"host and at the network, or at the proxy in HTTPS_PROXY")
	}
	return because("what " + registry + " says cannot be used; look whether it is a registry")
}

func statusReason(status int, registry, unknown string) string {
	switch {
	case status == http.StatusUnauthorized:
		return "the registry " + registry + " wants a login; run docker login " + registry +
			", or have another tool write it to ~/.docker/config.json"
	case status == http.StatusForbidden:
		return "the registry " + registry + " forbids it to this account; ask for the right to it"
	case status == http.StatusNotFound:
		return "the registry " + registry + " does not know it; " + unknown
	case status == http.StatusTooManyRequests:
		return "the registry " + registry + " has had too many requests; log in, or wait an hour"
	case status >= http.StatusInternalServerError:
		return "the registry " + registry + " is out of order; try again later"
	}
	return fmt.Sprintf("the registry %s refuses it with status %d", registry, status)
}
