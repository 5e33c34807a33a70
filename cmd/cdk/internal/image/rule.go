package image

import (
	"encoding/binary"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const (
	entrypointVariable = "AIRBYTE_ENTRYPOINT"
	nameLabel          = "io.airbyte.name"
	versionLabel       = "io.airbyte.version"

	// defaultPath is what containers get where the image says nothing.
	defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)

// subject is an image that rules look at.
type subject struct {
	config *v1.ConfigFile
	root   *rootfs
	tag    *name.Tag // by which it is known, or nil
}

// rule is one thing that the platform asks of an image.
type rule struct {
	name   string
	remedy string
	broken func(*subject) string // what is wrong, or ""
}

// baseRules are those that a base must keep, since nothing above it can.
var baseRules = []rule{
	{"system", "use a base for linux/amd64 or linux/arm64", systemBroken},
	{
		"shell", "use a base with a shell, such as alpine or debian:stable-slim instead of a " +
			"distroless one", shellBroken,
	},
	{"tools", "use a base with busybox or coreutils", toolsBroken},
}

// rules are all of them, in the order in which they are told.
var rules = append(slices.Clone(baseRules), []rule{
	{
		"entrypoint", "set ENTRYPOINT and the variable AIRBYTE_ENTRYPOINT to the same absolute " +
			"command", entrypointBroken,
	},
	{
		"program", "let ENTRYPOINT name an executable file that is built for the platform of the " +
			"image", programBroken,
	},
	{
		"user", "add a user and a group airbyte with the id 1000, and set USER to 1000:1000",
		userBroken,
	},
	{"home", "make the folder /airbyte and give it to the user airbyte", homeBroken},
	{"folders", "make them, open to the user airbyte", foldersBroken},
	{
		"certificates", "install the package ca-certificates of the base",
		certificatesBroken,
	},
	{
		"labels", "set io.airbyte.name to the name of the image and io.airbyte.version to its tag",
		labelsBroken,
	},
}...)

func systemBroken(s *subject) string {
	p := v1.Platform{OS: s.config.OS, Architecture: s.config.Architecture}
	if _, err := parsePlatform(platformName(p)); err != nil {
		return fmt.Sprintf("it is for %s, where the platform does not run", platformName(p))
	}
	return ""
}

func shellBroken(s *subject) string {
	if s.find("sh") == "" {
		return "it has no sh on its PATH, and the platform starts each container through sh"
	}
	return ""
}

// toolsBroken looks for what the script of the platform runs. What it uses besides is built into
// every shell of POSIX: kill, echo, test.
func toolsBroken(s *subject) string {
	var missing []string
	for _, tool := range []string{"sleep", "mv", "touch"} {
		if s.find(tool) == "" {
			missing = append(missing, tool)
		}
	}
	if len(missing) > 0 {
		return "it lacks " + strings.Join(missing, ", ") + ", which the script that the platform " +
			"starts it by needs"
	}
	return ""
}

func (s *subject) find(program string) string {
	searchPath, ok := s.variable("PATH")
	if !ok {
		searchPath = defaultPath
	}
	return s.root.find(program, searchPath)
}

// variable returns a variable of the environment. Where it is set twice the last one counts.
func (s *subject) variable(name string) (value string, ok bool) {
	for _, v := range s.config.Config.Env {
		if key, text, _ := strings.Cut(v, "="); key == name {
			value, ok = text, true
		}
	}
	return value, ok
}

func entrypointBroken(s *subject) string {
	entrypoint := strings.Join(s.config.Config.Entrypoint, " ")
	variable, ok := s.variable(entrypointVariable)
	switch {
	case !ok || variable == "":
		return entrypointVariable + " is not set, and the platform starts what it says"
	case variable != entrypoint:
		return fmt.Sprintf("%s is %q and ENTRYPOINT is %q", entrypointVariable, variable,
			entrypoint)
	case !path.IsAbs(variable):
		return fmt.Sprintf("%s, %q, is not absolute, and the platform starts it in folders of its "+
			"own", entrypointVariable, variable)
	}
	return ""
}

func programBroken(s *subject) string {
	command := s.config.Config.Entrypoint
	if len(command) == 0 {
		return "it has no ENTRYPOINT"
	}
	program := command[0]
	if !path.IsAbs(program) {
		program = s.find(program)
	}
	switch {
	case !s.root.isFile(program):
		return command[0] + ", which ENTRYPOINT names, is no file of it"
	case !s.root.allows(program, maySearch):
		return command[0] + ", which ENTRYPOINT names, may not be started by the user 1000"
	}
	machine := machineOf(s.root.stat(program).head)
	if machine != "" && machine != s.config.Architecture {
		return fmt.Sprintf("%s is built for %s and the image is for %s", command[0], machine,
			s.config.Architecture)
	}
	return ""
}

// machineOf tells from the first bytes of a program for what it is built, or "" where they do not
// say so, as those of a script.
func machineOf(head []byte) string {
	const magic, field, amd64, arm64 = "\x7fELF", 18, 62, 183
	if len(head) < field+2 || string(head[:len(magic)]) != magic {
		return ""
	}
	switch machine := binary.LittleEndian.Uint16(head[field:]); machine {
	case amd64:
		return "amd64"
	case arm64:
		return "arm64"
	default:
		return fmt.Sprintf("the machine %d of ELF", machine)
	}
}

func userBroken(s *subject) string {
	users, groups := s.accounts(passwdFile), s.accounts(groupFile)
	isOurs := func(a account) bool { return a.name == userName && a.id == userID }
	switch {
	case !slices.ContainsFunc(users, func(a account) bool {
		return isOurs(a) && a.group == userID
	}):
		return "it has no user airbyte with the ids 1000:1000"
	case !slices.ContainsFunc(groups, isOurs):
		return "it has no group airbyte with the id 1000"
	}
	user, _, _ := strings.Cut(s.config.Config.User, ":")
	if user != userName && user != "1000" {
		return fmt.Sprintf("it runs as %q, and the platform as the user 1000", s.config.Config.User)
	}
	return ""
}

func (s *subject) accounts(file string) []account {
	if !s.root.isFile(file) {
		return nil
	}
	return accounts(s.root.stat(file).head)
}

func homeBroken(s *subject) string {
	e := s.root.stat(home)
	switch {
	case !s.root.isDir(home):
		return "it has no folder /airbyte"
	case e.uid != userID:
		return fmt.Sprintf("its folder /airbyte belongs to the user %d", e.uid)
	case !s.root.allows(home, maySearch|mayWrite):
		return "its folder /airbyte may not be written to by the user airbyte"
	}
	return ""
}

// foldersBroken looks at where programs put what they need for a while, and at where the platform
// lays volumes over. Of the latter those that are missing are made by the volumes.
func foldersBroken(s *subject) string {
	var closed []string
	for _, folder := range append([]string{"/tmp"}, workFolders...) {
		needed := folder == "/tmp" || s.root.stat(folder) != nil
		if needed && (!s.root.isDir(folder) || !s.root.allows(folder, maySearch|mayWrite)) {
			closed = append(closed, folder)
		}
	}
	if len(closed) > 0 {
		return "these are no folders that the user airbyte may write to: " +
			strings.Join(closed, ", ")
	}
	return ""
}

func certificatesBroken(s *subject) string {
	file, _ := s.variable("SSL_CERT_FILE")
	if !hasCertificates(s.root) && !(file != "" && s.root.isFile(file)) {
		return "it has no certificates of authorities, so that no server can be trusted"
	}
	return ""
}

func labelsBroken(s *subject) string {
	labels := s.config.Config.Labels
	switch {
	case labels[nameLabel] == "":
		return "it has no label " + nameLabel
	case labels[versionLabel] == "":
		return "it has no label " + versionLabel
	case s.tag == nil:
		return ""
	case labels[versionLabel] != s.tag.TagStr():
		return fmt.Sprintf("its label %s is %q and its tag is %q", versionLabel,
			labels[versionLabel], s.tag.TagStr())
	case !sameRepository(labels[nameLabel], *s.tag):
		return fmt.Sprintf("its label %s is %q and its name is %q", nameLabel, labels[nameLabel],
			repository(*s.tag))
	}
	return ""
}

// sameRepository tells whether a name is the one of a tag, in whichever registry a copy is.
func sameRepository(label string, tag name.Tag) bool {
	repo, err := name.NewRepository(label)
	return err == nil && repo.RepositoryStr() == tag.RepositoryStr()
}
