package http

import (
	"context"
	"net"
	nethttp "net/http"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "172.32.0.1": true, "100.128.0.1": true, "2606:4700::1111": true,
		"::ffff:8.8.8.8": true, "64:ff9b::808:808": true, "192.1.2.3": true,

		"127.0.0.1": false, "127.8.8.8": false, "::1": false, "0.0.0.0": false, "::": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fd00::1": false,
		"fc00::1": false, "fd00:ec2::254": false, "100.64.0.1": false, "100.127.255.254": false,
		"0.1.2.3": false, "192.0.0.8": false, "192.0.2.1": false, "198.18.0.1": false,
		"198.51.100.7": false, "203.0.113.9": false, "224.0.0.1": false, "240.0.0.1": false,
		"255.255.255.255": false, "ff02::1": false, "2001:db8::1": false, "2002:7f00:1::": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::a00:1": false,
		"64:ff9b:1::1": false, "100::1": false, "fec0::1": false, "::7f00:1": false,
		"2001::1": false, "3fff::1": false, "5f00::1": false, "192.88.99.1": false,
	} {
		assert.Equal(t, want, isPublic(netip.MustParseAddr(address)), address)
	}
}

func TestCloudReachesPublicHostsByHTTPSOnly(t *testing.T) {
	const beginning = "The API's URL cannot be used: in Airbyte Cloud a connector "
	for _, tt := range []struct{ mode, base, want string }{
		{"CLOUD", "http://api.example.com", beginning + "reaches APIs by https only, and not " +
			"http://api.example.com; use an address that begins with https://."},
		{"cloud", "https://10.1.2.3/v1", beginning + `must not reach the host "10.1.2.3", ` +
			"because its address 10.1.2.3 is not public; use a host in the public internet."},
		{"cloud", "https://[::ffff:127.0.0.1]:8443", beginning + "must not reach the host " +
			`"::ffff:127.0.0.1", because its address 127.0.0.1 is not public; use a host ` +
			"in the public internet."},
		{" Cloud ", "https://LocalHost.", beginning + `must not reach the host "localhost", ` +
			"because its address 127.0.0.1 is not public; use a host in the public internet."},
		{"cloud", "https://api.example.com", ""},
		{"oss", "http://localhost", ""},
		{"", "http://10.1.2.3", ""},
	} {
		t.Setenv("DEPLOYMENT_MODE", tt.mode)
		bubble(t, func(nethttp.ResponseWriter, *nethttp.Request, int) {}, func(b *bundle) {
			_, err := b.get(NewClient(tt.base), "records") // an API in memory weakens nothing
			if tt.want == "" {
				require.NoError(b, err)
				return
			}
			requireError(b, err, protocol.ConfigError, tt.want)
			assert.Empty(b, b.arrivals())
		})
	}
}

func TestCloudRefusesRedirects(t *testing.T) {
	t.Setenv("DEPLOYMENT_MODE", "cloud")
	for _, target := range []string{
		"https://169.254.169.254/latest/meta-data", "http://api.example.com/x",
		"https://localhost/", "https://[fd00:ec2::254]/",
	} {
		bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
			nethttp.Redirect(w, r, target, nethttp.StatusFound)
		}, func(b *bundle) {
			_, err := b.get(NewClient(base), "records")
			require.ErrorContains(b, err, "GET https://api.example.com/v1/records: in Airbyte "+
				"Cloud a connector ")
			assert.Equal(b, protocol.ConfigError, protocol.AsError(err).Type)
			assert.Len(b, b.arrivals(), 1, "and it is not retried")
		})
	}
}

// A name is judged by the address that it leads to when it is dialled. No connection is made.
func TestCloudJudgesTheAddressThatIsDialled(t *testing.T) {
	t.Setenv("DEPLOYMENT_MODE", "cloud")
	c := NewClient("https://ip6-localhost.example")
	dial := c.pool.(*nethttp.Transport).DialContext
	_, err := dial(t.Context(), "tcp", "localhost:1")
	var forbidden *forbiddenError
	require.ErrorAs(t, err, &forbidden)
	assert.Contains(t, forbidden.Error(), `must not reach the host "localhost"`)

	// The same through the whole client: the name itself says nothing.
	c = NewClient("https://api.example.com", Retries(1))
	c.pool = &nethttp.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn,
		error) {
		return dial(ctx, network, "127.0.0.1:1")
	}}
	_, err = c.Do(t.Context(), &Request{})
	require.ErrorContains(t, err, "because its address 127.0.0.1 is not public")
	assert.Equal(t, protocol.ConfigError, protocol.AsError(err).Type)

	require.ErrorContains(t, judgeAddress("x:1", "/tmp/socket"), "is not known")
	require.NoError(t, judgeAddress("x:1", "8.8.8.8:443"))
}

func TestElsewhereAnythingIsDialled(t *testing.T) {
	t.Setenv("DEPLOYMENT_MODE", "")
	pool := NewClient("http://localhost").pool.(*nethttp.Transport)
	_, err := pool.DialContext(t.Context(), "tcp", "127.0.0.1:1")
	var forbidden *forbiddenError
	require.NotErrorAs(t, err, &forbidden)
}

// The proxy is the operator's own and may be private; the host behind it may not.
func TestCloudBehindAProxy(t *testing.T) {
	t.Setenv("DEPLOYMENT_MODE", "cloud")
	for proxy, dialled := range map[string]string{
		"http://10.0.0.9:3128": "10.0.0.9:3128", "http://10.0.0.9": "10.0.0.9:80",
		"https://10.0.0.9": "10.0.0.9:443", "socks5://10.0.0.9": "10.0.0.9:1080",
	} {
		g := newGuard()
		choose := func(*nethttp.Request) (*url.URL, error) { return url.Parse(proxy) }
		request := func(target string) *nethttp.Request {
			r, err := nethttp.NewRequestWithContext(t.Context(), nethttp.MethodGet, target, nil)
			require.NoError(t, err)
			return r
		}
		_, err := g.through(choose, request("https://localhost/"))
		require.ErrorContains(t, err, `must not reach the host "localhost"`)
		_, err = g.through(choose, request("https://192.168.7.7/"))
		require.ErrorContains(t, err, "its address 192.168.7.7 is not public")

		dial := g.dialer(&net.Dialer{Timeout: time.Nanosecond})
		var forbidden *forbiddenError
		_, err = dial(t.Context(), "tcp", dialled)
		require.Error(t, err)
		used, err := g.through(choose, request("https://8.8.8.8/"))
		require.NoError(t, err)
		assert.Equal(t, proxy, used.String())
		_, err = dial(t.Context(), "tcp", dialled)
		require.NotErrorAs(t, err, &forbidden)

		direct := func(*nethttp.Request) (proxy *url.URL, err error) { return proxy, err }
		used, err = g.through(direct, request("https://localhost/"))
		require.NoError(t, err, "the dialler judges it")
		assert.Nil(t, used)
	}
}
