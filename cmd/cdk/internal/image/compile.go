package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/gocommand"
)

// errInterrupted says that whoever started the work has stopped it.
var errInterrupted = errors.New("interrupted")

// Program is a main package that can be put into an image.
type Program struct {
	Dir  string // the folder of the package
	Name string // what its binary is called, safe in a shell

	tags string // build tags of its user
}

// major matches the end of the path of a module's later major version, which is no name.
var major = regexp.MustCompile(`^v[0-9]+$`)

// odd matches what a shell might take for something else, or a file system refuse.
var odd = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// FindProgram asks the go command what a folder holds. The error is a sentence, and what the go
// command said.
func FindProgram(ctx context.Context, dir string) (*Program, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("there is no folder %s; name that of the connector's main package",
			dir)
	}
	p := &Program{Dir: dir}
	const format = "{{.Name}} {{.ImportPath}}"
	said, err := p.goCommand(ctx, v1.Platform{OS: "linux", Architecture: "amd64"},
		"list", "-f", format, ".")
	if err != nil {
		return nil, goError(err, "the folder "+dir+" holds no package that the go command can "+
			"read; name that of the connector's main package, or mend what it says")
	}
	kind, importPath, _ := strings.Cut(strings.TrimSpace(said), " ")
	if kind != "main" {
		return nil, fmt.Errorf("the folder %s holds the package %s, which is no program; name "+
			"that of the connector's main package", dir, kind)
	}
	if major.MatchString(path.Base(importPath)) && strings.Contains(importPath, "/") {
		importPath = path.Dir(importPath)
	}
	p.Name = strings.Trim(odd.ReplaceAllString(path.Base(importPath), "-"), "-.")
	if p.Name == "" {
		p.Name = "connector"
	}
	flags, err := p.goCommand(ctx, v1.Platform{OS: "linux"}, "env", "GOFLAGS")
	if err != nil {
		return nil, goError(err, "the go command does not tell its settings; mend what it says")
	}
	p.tags = tagsIn(flags)
	return p, nil
}

// tagsIn finds the build tags that a user has set for all builds, since a flag of ours would else
// undo them.
func tagsIn(flags string) string {
	tags := ""
	for flag := range strings.FieldsSeq(flags) {
		if value, ok := strings.CutPrefix(strings.TrimLeft(flag, "-"), "tags="); ok {
			tags = "," + value
		}
	}
	return tags
}

// compile builds the program for a platform. Nothing of the place and the time of the build goes
// into the binary. The time zones do, since a base need not have them.
func (p *Program) compile(ctx context.Context, platform v1.Platform, binary string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	_, err = p.goCommand(ctx, platform, "build", "-trimpath", "-buildvcs=false",
		"-tags=timetzdata"+p.tags, "-ldflags=-s -w -buildid=", "-o", binary, ".")
	if err != nil {
		return goError(err, fmt.Sprintf("the program in %s does not build for %s; mend what the "+
			"compiler says", p.Dir, platformName(platform)))
	}
	return nil
}

// goCommand runs the go command in the folder of the program and returns what it wrote.
func (p *Program) goCommand(
	ctx context.Context, platform v1.Platform, args ...string,
) (string, error) {
	env := []string{
		"CGO_ENABLED=0",
		// The oldest processors, whatever is set for programs that stay on this machine.
		"GOAMD64=v1", "GOARM64=v8.0", "GOOS=" + platform.OS,
	}
	if platform.Architecture != "" {
		env = append(env, "GOARCH="+platform.Architecture)
	}
	out, err := gocommand.Run(ctx, gocommand.Call{Dir: p.Dir, Args: args, Env: env})
	switch {
	case ctx.Err() != nil:
		return "", errInterrupted
	case errors.Is(err, gocommand.ErrMissing):
		return "", fmt.Errorf("%w; install Go, which compiles the connector", err)
	}
	return out, err
}

// goError puts a sentence before what the go command said.
func goError(err error, sentence string) error {
	if _, ok := errors.AsType[*gocommand.Error](err); ok {
		return fmt.Errorf("%s:\n%w", sentence, err)
	}
	return err
}
