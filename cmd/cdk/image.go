package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/image"
)

const imageUsage = `Usage: cdk image DIR [flags]
       cdk image --check IMAGE

Builds the container image of the connector whose main package is in DIR, for linux/amd64 and
linux/arm64, as the platform wants it. It needs the go command and no Docker. The same sources, Go
release and base make the same digest, wherever and whenever they are built.

Without --oci, --tar and --push the image goes to a folder NAME.oci here, an OCI layout.

Flags:
  --tag NAME:TAG    the name and version of the image, such as acme/source-acme:0.1.0 (default what
                    metadata.yaml in DIR says, else the name of the program and the tag dev)
  --platform LIST   what to build for (default linux/amd64,linux/arm64)
  --base BASE       what to build on: an image in a registry, a folder with an OCI layout, or a tar
                    as of docker save (default alpine:3.22). It must have a shell: the platform
                    starts each container through sh.
  --oci DIR         write an OCI layout of all platforms, in the place of an older one
  --tar FILE        write a tar for docker load; for several platforms FILE-linux-amd64.tar, ...
  --push            push to the registry that the tag names, with the logins of docker login
  --check IMAGE     build nothing, and judge any image by what the platform asks; can be repeated

Exit codes: 0 the image is there, or each one checked breaks no rule, 1 not so, 2 the command line
was not understood, 130 or 143 it was interrupted by SIGINT or SIGTERM.

Examples:
  cdk image . --tag acme/source-acme:0.1.0
  cdk image . --platform linux/amd64 --tar source-acme.tar && docker load --input source-acme.tar
  cdk image . --tag registry.example.com/acme/source-acme:0.1.0 --push
  cdk image --check registry.example.com/acme/source-acme:0.1.0
`

// imageFlags is what the command line of image says.
type imageFlags struct {
	dir, tag, base, layout, tar string

	platforms []v1.Platform
	push      bool
	check     []string
}

// parseImage reads the flags, which may stand on both sides of the folder. The error is a sentence;
// flag.ErrHelp asks for the usage text.
func parseImage(args []string) (*imageFlags, error) {
	f := new(imageFlags)
	var platforms string
	set := flag.NewFlagSet("image", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.tag, "tag", "", "")
	set.StringVar(&platforms, "platform", image.Platforms, "")
	set.StringVar(&f.base, "base", image.DefaultBase, "")
	set.StringVar(&f.layout, "oci", "", "")
	set.StringVar(&f.tar, "tar", "", "")
	set.BoolVar(&f.push, "push", false, "")
	set.Func("check", "", func(where string) error {
		f.check = append(f.check, where)
		return nil
	})
	var dirs []string
	for {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		if set.NArg() == 0 {
			break
		}
		dirs, args = append(dirs, set.Arg(0)), set.Args()[1:]
	}
	var empty error
	others := 0
	set.Visit(func(given *flag.Flag) {
		if given.Value.String() == "" && given.Name != "check" {
			empty = fmt.Errorf("the flag --%s is empty; leave it out or give it a value",
				given.Name)
		}
		if given.Name != "check" {
			others++
		}
	})
	switch {
	case empty != nil:
		return nil, empty
	case len(f.check) > 0 && len(dirs)+others > 0:
		return nil, errors.New("--check builds nothing and takes nothing beside it")
	case len(f.check) > 0:
		return f, nil
	case len(dirs) == 0:
		return nil, errors.New("the folder of the connector is missing; . is this one")
	case len(dirs) > 1:
		return nil, fmt.Errorf("there is an argument too much, %q", dirs[1])
	}
	f.dir = dirs[0]
	var err error
	f.platforms, err = image.ParsePlatforms(platforms)
	return f, err
}

// buildImage carries out the verb image.
func buildImage(args []string, out, errs io.Writer) int {
	f, err := parseImage(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		if _, err := io.WriteString(out, imageUsage); err != nil {
			return imageFailed(context.Background(), errs, err)
		}
		return exitOK
	case err != nil:
		fmt.Fprintf(errs, "cdk image: %v; run `cdk image --help` to see how it is used.\n", err)
		return exitUsage
	}
	ctx, stop := untilSignal(context.Background())
	defer stop()
	if len(f.check) > 0 {
		return checkImages(ctx, f.check, out, errs)
	}
	options, err := f.options(ctx)
	if err != nil {
		return imageFailed(ctx, errs, err)
	}
	built, err := image.Build(ctx, *options)
	if err == nil {
		err = printImage(out, options, built)
	}
	if err != nil {
		return imageFailed(ctx, errs, err)
	}
	return exitOK
}

func imageFailed(ctx context.Context, errs io.Writer, err error) int {
	fmt.Fprintf(errs, "cdk image: %v\n", err)
	return failureCode(ctx)
}

// options are what the flags say, with the defaults that depend on the folder.
func (f *imageFlags) options(ctx context.Context) (*image.Options, error) {
	program, err := image.FindProgram(ctx, f.dir)
	if err != nil {
		return nil, err
	}
	o := &image.Options{
		Program: program, Platforms: f.platforms, Base: f.base,
		Layout: f.layout, Tar: f.tar, Push: f.push,
	}
	if o.Tag, err = f.tagOf(program); err != nil {
		return nil, err
	}
	if !o.Push && o.Tar == "" && o.Layout == "" {
		o.Layout = program.Name + ".oci"
	}
	return o, nil
}

func (f *imageFlags) tagOf(program *image.Program) (name.Tag, error) {
	if f.tag != "" {
		return image.ParseTag(f.tag)
	}
	tag, said, err := program.Tag()
	if err == nil && f.push && !said {
		err = errors.New("nothing says where to push to; name the image by --tag, such as " +
			"registry.example.com/acme/" + program.Name + ":0.1.0")
	}
	return tag, err
}
