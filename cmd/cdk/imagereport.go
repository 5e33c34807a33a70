package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/image"
)

// printImage tells what was built, how large it is and where it went.
func printImage(out io.Writer, o *image.Options, built *image.Result) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s  %s\n", o.Tag, built.Digest)
	for _, p := range built.Parts {
		fmt.Fprintf(&text, "  %s  %s + %s of the base %s  %s\n", p.Platform, mebibytes(p.Added),
			mebibytes(p.Base), o.Base, p.Digest)
	}
	for _, where := range built.Written {
		fmt.Fprintf(&text, "written to %s\n", where)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

// checkImages judges images, and tells each rule that one breaks with its remedy.
func checkImages(ctx context.Context, images []string, out, errs io.Writer) int {
	code := exitOK
	for _, where := range images {
		verdicts, err := image.Check(ctx, where)
		if ctx.Err() != nil {
			return imageFailed(ctx, errs, context.Cause(ctx))
		}
		if err != nil {
			fmt.Fprintf(errs, "cdk image: %v\n", err)
			code = exitFailed
			continue
		}
		for _, v := range verdicts {
			if len(v.Broken) > 0 {
				code = exitFailed
			}
			if err := printVerdict(out, where, v); err != nil {
				return imageFailed(ctx, errs, err)
			}
		}
	}
	return code
}

func printVerdict(out io.Writer, where string, v image.Verdict) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s: %d rules, %d broken\n", where, v.Platform, v.Rules, len(v.Broken))
	for _, f := range v.Broken {
		fmt.Fprintf(&text, "  %s: %s; %s\n", f.Rule, f.Wrong, f.Remedy)
	}
	_, err := io.WriteString(out, text.String())
	return err
}
