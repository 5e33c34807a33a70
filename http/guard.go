package http

import (
	"context"
	"fmt"
	"net"
	nethttp "net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// guard keeps the connectors of Airbyte Cloud from hosts that only their operator may reach: a
// user's config or an API's redirect could name one. It is on where DEPLOYMENT_MODE is "cloud", and
// nil elsewhere.
//
// Names are judged by the address that is dialled in the end, so a name that changes its address
// after a check gains nothing. Behind a proxy the connector dials the proxy, whose address the
// operator chose; the host is then resolved and judged before each request, and the rest is up to
// the proxy.
type guard struct {
	resolver *net.Resolver
	proxies  sync.Map // host:port of the proxies in use
}

// newGuard returns the guard that the environment asks for, or nil.
func newGuard() *guard {
	if !strings.EqualFold(strings.TrimSpace(os.Getenv("DEPLOYMENT_MODE")), "cloud") {
		return nil
	}
	return &guard{resolver: net.DefaultResolver}
}

// forbiddenError refuses to send a request.
type forbiddenError struct{ text string }

func (e *forbiddenError) Error() string { return e.text }

// check refuses what the URL alone gives away. It stands above every transport, those of tests too.
func (g *guard) check(u *url.URL) error {
	if g == nil {
		return nil
	}
	if u.Scheme != "https" {
		return &forbiddenError{fmt.Sprintf("in Airbyte Cloud a connector reaches APIs by https "+
			"only, and not %s; use an address that begins with https://", u.Scheme+"://"+u.Host)}
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return forbidden(host, netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	}
	if addr, err := netip.ParseAddr(host); err == nil && !isPublic(addr) {
		return forbidden(host, addr)
	}
	return nil
}

func forbidden(host string, addr netip.Addr) error {
	return &forbiddenError{fmt.Sprintf("in Airbyte Cloud a connector must not reach the host %q, "+
		"because its address %v is not public; use a host in the public internet", host,
		addr.Unmap())}
}

// proxy is [nethttp.ProxyFromEnvironment] that judges the host behind the proxy.
func (g *guard) proxy(r *nethttp.Request) (*url.URL, error) {
	return g.through(nethttp.ProxyFromEnvironment, r)
}

func (g *guard) through(
	choose func(*nethttp.Request) (*url.URL, error), r *nethttp.Request,
) (*url.URL, error) {
	proxy, err := choose(r)
	if err != nil || proxy == nil || g == nil {
		return proxy, err
	}
	host := r.URL.Hostname()
	addrs, err := g.resolver.LookupNetIP(r.Context(), "ip", host)
	if err != nil {
		return nil, err
	}
	for _, addr := range addrs {
		if !isPublic(addr) {
			return nil, forbidden(host, addr)
		}
	}
	g.proxies.Store(hostPort(proxy), true)
	return proxy, nil
}

// hostPort returns what net/http dials for a proxy.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// dialer returns the function that opens connections.
func (g *guard) dialer(
	d *net.Dialer,
) func(ctx context.Context, network, address string) (net.Conn, error) {
	if g == nil {
		return d.DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if _, isProxy := g.proxies.Load(address); isProxy {
			return d.DialContext(ctx, network, address)
		}
		guarded := *d
		guarded.Control = func(_, to string, _ syscall.RawConn) error {
			return judgeAddress(address, to)
		}
		return guarded.DialContext(ctx, network, address)
	}
}

// judgeAddress is called with the address that a name led to, right before it is connected to.
func judgeAddress(name, to string) error {
	at, err := netip.ParseAddrPort(to)
	if err != nil {
		return &forbiddenError{fmt.Sprintf("the network address %q is not known", to)}
	}
	if isPublic(at.Addr()) {
		return nil
	}
	host, _, err := net.SplitHostPort(name)
	if err != nil {
		host = name
	}
	return forbidden(host, at.Addr())
}

// notPublic are the networks that are not part of the public internet though they look like it.
// What netip knows itself, such as private and loopback networks, is not repeated.
var notPublic = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// public6 is all of the public internet by IPv6, nat64 the part in which IPv4 is embedded.
var (
	public6 = netip.MustParsePrefix("2000::/3")
	nat64   = netip.MustParsePrefix("64:ff9b::/96")
)

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// isPublic reports whether an address lies in the public internet.
func isPublic(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if nat64.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !addr.IsGlobalUnicast() || addr.IsPrivate() || addr.Is6() && !public6.Contains(addr) {
		return false
	}
	return !slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(addr) })
}
