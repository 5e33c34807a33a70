package image

import (
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goodImage keeps every rule.
func goodImage() files {
	return shellBase().with(files{
		"airbyte": folder(0o755, 1000), "airbyte/source-a": {mode: 0o755, text: elfHead(62)},
		"tmp": folder(0o1777, 0), "source": folder(0o755, 1000),
		"etc/passwd":         {mode: 0o644, text: userLine + "\n"},
		"etc/group":          {mode: 0o644, text: groupLine + "\n"},
		certificatesFile[1:]: {mode: 0o644, text: "-----BEGIN CERTIFICATE-----"},
	})
}

// elfHead is how a program for a machine begins.
func elfHead(machine byte) string {
	head := make([]byte, headBytes)
	copy(head, "\x7fELF")
	head[18] = machine
	return string(head)
}

func goodConfig(c *v1.Config) {
	c.User = "airbyte"
	c.Entrypoint = []string{"/airbyte/source-a"}
	c.Env = append(c.Env, entrypointVariable+"=/airbyte/source-a")
	c.Labels = map[string]string{nameLabel: "acme/source-a", versionLabel: "1.2.3"}
}

// Each image has one defect and breaks the rule that is about it, and no other.
func TestRules(t *testing.T) {
	t.Parallel()
	set := func(change func(*v1.Config)) func(*v1.Config) { return change }
	start := func(entrypoint ...string) func(*v1.Config) {
		return func(c *v1.Config) {
			c.Entrypoint = entrypoint
			c.Env = append(c.Env, entrypointVariable+"="+entrypoint[0])
		}
	}
	for name, test := range map[string]struct {
		files  files
		config func(*v1.Config)
		rule   string // "" for an image that is as good
		says   string
	}{
		"good": {},
		"good by numbers": {
			config: set(func(c *v1.Config) { c.User = "1000:1000" }),
		},
		"good script": {
			files: files{"airbyte/source-a": {mode: 0o755, text: "#!/bin/sh\n"}},
		},
		"good through links": {
			files: files{
				"bin/busybox": {}, "bin": linkTo("usr/bin"), "bin/sh": {}, "bin/mv": {},
				"bin/sleep": {}, "bin/touch": {},
				"usr/bin/sh":    {mode: 0o755, text: "sh"},
				"usr/bin/mv":    {kind: '1', mode: 0o755, link: "usr/bin/sh"},
				"usr/bin/sleep": linkTo("/bin/sh"), "usr/bin/touch": linkTo("../bin/./sh"),
			},
		},
		"good without a PATH": {
			config: set(func(c *v1.Config) { c.Env = c.Env[1:] }),
		},
		"certificates elsewhere": {
			files: files{certificatesFile[1:]: {}, "opt/ca.pem": {mode: 0o644, text: "PEM"}},
			config: set(func(c *v1.Config) {
				c.Env = append(c.Env, "SSL_CERT_FILE=/opt/ca.pem")
			}),
		},
		"no shell": {files: files{"bin/sh": {}}, rule: "shell", says: "it has no sh on its PATH"},
		"shell in a circle": {
			files: files{"bin/sh": linkTo("ash"), "bin/ash": linkTo("sh")},
			rule:  "shell", says: "it has no sh on its PATH",
		},
		"no touch": {files: files{"bin/touch": {}}, rule: "tools", says: "it lacks touch, which"},
		"no variable": {
			config: set(func(c *v1.Config) { c.Env = c.Env[:2] }),
			rule:   "entrypoint", says: "AIRBYTE_ENTRYPOINT is not set",
		},
		"another variable": {
			config: set(func(c *v1.Config) { c.Env = append(c.Env, entrypointVariable+"=/x") }),
			rule:   "entrypoint", says: `AIRBYTE_ENTRYPOINT is "/x" and ENTRYPOINT is "/airbyte/source-a"`,
		},
		"relative": {
			files:  files{"bin/run": {mode: 0o755, text: "#!"}},
			config: start("run"),
			rule:   "entrypoint", says: `AIRBYTE_ENTRYPOINT, "run", is not absolute`,
		},
		"no program": {
			config: start("/airbyte/gone"),
			rule:   "program", says: "/airbyte/gone, which ENTRYPOINT names, is no file of it",
		},
		"program of root": {
			files: files{"airbyte/source-a": {mode: 0o700, text: "#!"}},
			rule:  "program", says: "may not be started by the user 1000",
		},
		"program in a closed folder": {
			files:  files{"opt": folder(0o700, 0), "opt/run": {mode: 0o755, text: "#!"}},
			config: start("/opt/run"),
			rule:   "program", says: "may not be started by the user 1000",
		},
		"program for another machine": {
			files: files{"airbyte/source-a": {mode: 0o755, text: elfHead(183)}},
			rule:  "program", says: "source-a is built for arm64 and the image is for amd64",
		},
		"program for an odd machine": {
			files: files{"airbyte/source-a": {mode: 0o755, text: elfHead(8)}},
			rule:  "program", says: "is built for the machine 8 of ELF and the image is for amd64",
		},
		"no user": {
			files: files{"etc/passwd": {}}, rule: "user", says: "it has no user airbyte",
		},
		"user of another id": {
			files: files{"etc/passwd": {mode: 0o644, text: "airbyte:x:999:1000::/:/bin/sh\n"}},
			rule:  "user", says: "it has no user airbyte with the ids 1000:1000",
		},
		"no group": {
			files: files{"etc/group": {mode: 0o644, text: "users:x:1000:\n"}},
			rule:  "user", says: "it has no group airbyte with the id 1000",
		},
		"root": {
			config: set(func(c *v1.Config) { c.User = "" }),
			rule:   "user", says: `it runs as "", and the platform as the user 1000`,
		},
		"no home": {
			files: files{"airbyte": {mode: 0o644}}, rule: "home", says: "it has no folder /airbyte",
		},
		"home of root": {
			files: files{"airbyte": folder(0o777, 0)}, rule: "home", says: "belongs to the user 0",
		},
		"home is closed": {
			files: files{"airbyte": folder(0o555, 1000)}, rule: "home",
			says: "may not be written to",
		},
		"no tmp": {files: files{"tmp": {}}, rule: "folders", says: "may write to: /tmp"},
		"source of root": {
			files: files{"source": folder(0o755, 0)}, rule: "folders",
			says: "may write to: /source",
		},
		"dest is no folder": {
			files: files{"dest": {mode: 0o777}}, rule: "folders", says: "may write to: /dest",
		},
		"no certificates": {
			files: files{certificatesFile[1:]: {}}, rule: "certificates",
			says: "it has no certificates",
		},
		"empty certificates": {
			files: files{certificatesFile[1:]: {mode: 0o644}}, rule: "certificates",
			says: "it has no certificates",
		},
		"no name": {
			config: set(func(c *v1.Config) { delete(c.Labels, nameLabel) }),
			rule:   "labels", says: "it has no label io.airbyte.name",
		},
		"no version": {
			config: set(func(c *v1.Config) { delete(c.Labels, versionLabel) }),
			rule:   "labels", says: "it has no label io.airbyte.version",
		},
		"another name": {
			config: set(func(c *v1.Config) { c.Labels[nameLabel] = "acme/source-b" }),
			rule:   "labels", says: `its label io.airbyte.name is "acme/source-b" and its name is "acme/source-a"`,
		},
		"another version": {
			config: set(func(c *v1.Config) { c.Labels[versionLabel] = "1" }),
			rule:   "labels", says: `its label io.airbyte.version is "1" and its tag is "1.2.3"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := []func(*v1.Config){goodConfig}
			if test.config != nil {
				changes = append(changes, test.config)
			}
			img := imageOf(t, "linux/amd64", goodImage().with(test.files), changes...)
			tag := mustTag(t, "acme/source-a:1.2.3")
			v, err := judge(img, v1.Platform{OS: "linux", Architecture: "amd64"}, &tag)
			require.NoError(t, err)
			if test.rule == "" {
				assert.Empty(t, v.Broken)
				return
			}
			var broken []string
			for _, f := range v.Broken {
				broken = append(broken, f.Rule)
				assert.NotEmpty(t, f.Remedy)
			}
			// A home that is none has no program in it either.
			if name == "no home" {
				require.Equal(t, "program", broken[0])
				broken, v.Broken = broken[1:], v.Broken[1:]
			}
			require.Equal(t, []string{test.rule}, broken)
			assert.Contains(t, v.Broken[0].Wrong, test.says)
		})
	}
}

// The first rule has its case here, for no other system has a base above.
func TestSystemRule(t *testing.T) {
	t.Parallel()
	img := imageOf(t, "windows/amd64", goodImage(), goodConfig)
	v, err := judge(img, v1.Platform{OS: "windows", Architecture: "amd64"}, nil)
	require.NoError(t, err)
	require.Len(t, v.Broken, 1)
	assert.Equal(t, "it is for windows/amd64, where the platform does not run", v.Broken[0].Wrong)
}

// An image with a registry before its name is still the one that its label names.
func TestLabelsOfACopy(t *testing.T) {
	t.Parallel()
	copied := mustTag(t, "registry.example.com:5000/acme/source-a:1")
	assert.True(t, sameRepository("acme/source-a", copied))
	assert.False(t, sameRepository("ours/source-a", copied))
	assert.False(t, sameRepository("!", mustTag(t, "acme/source-a:1")))
}

func TestCheckOfABrokenImage(t *testing.T) {
	t.Parallel()
	dir := layoutOf(t, imageOf(t, "linux/amd64", goodImage(), goodConfig))
	spoilLargest(t, dir+"/blobs/sha256")
	_, err := Check(t.Context(), dir)
	require.ErrorContains(t, err, dir+" cannot be judged: ")
	assert.NotContains(t, err.Error(), "\n")
}
